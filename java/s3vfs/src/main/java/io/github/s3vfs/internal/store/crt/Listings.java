package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.internal.store.Listed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Lists by ListObjectsV2 requests, one after the other, and sorts what they give. */
final class Listings {
  private static final String FIRST_PAGE = "";

  private Listings() {}

  static CompletableFuture<List<Listed>> objects(
      S3AsyncClient client, Calls calls, Requests requests, String prefix) {
    List<Listed> all = new ArrayList<>();
    return pages(
        client,
        calls,
        requests,
        new RequestName("LIST", requests.bucket(), prefix),
        null,
        page -> page.contents().forEach(object -> all.add(listed(object))),
        () -> {
          all.sort(Comparator.comparing(Listed::key));
          return all;
        });
  }

  static CompletableFuture<List<String>> prefixes(
      S3AsyncClient client, Calls calls, Requests requests, String prefix) {
    TreeSet<String> all = new TreeSet<>();
    return pages(
        client,
        calls,
        requests,
        new RequestName("LIST", requests.bucket(), prefix),
        "/",
        page -> page.commonPrefixes().forEach(common -> all.add(common.prefix())),
        () -> List.copyOf(all));
  }

  private static <R> CompletableFuture<R> pages(
      S3AsyncClient client,
      Calls calls,
      Requests requests,
      RequestName name,
      @Nullable String delimiter,
      Consumer<ListObjectsV2Response> collect,
      Supplier<R> result) {
    return Steps.run(
        FIRST_PAGE,
        token -> {
          ListObjectsV2Request request =
              requests
                  .list(name.key())
                  .delimiter(delimiter)
                  .continuationToken(token.equals(FIRST_PAGE) ? null : token)
                  .build();
          return calls.send(
              name,
              () -> client.listObjectsV2(request),
              page -> {
                collect.accept(page);
                String next = page.nextContinuationToken();
                return Boolean.TRUE.equals(page.isTruncated()) && next != null
                    ? Steps.left(next)
                    : Steps.last(result.get());
              });
        });
  }

  /** Some stores list ETags without the quotes that they have everywhere else. */
  private static Listed listed(S3Object object) {
    String etag = String.valueOf(object.eTag());
    String quoted = etag.endsWith("\"") ? etag : "\"" + etag + "\"";
    Long size = object.size();
    return new Listed(object.key(), size == null ? 0 : size, quoted);
  }
}
