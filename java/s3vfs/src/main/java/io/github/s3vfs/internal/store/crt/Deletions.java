package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/** Deletes many objects by DeleteObjects requests, one after the other. */
final class Deletions {
  /** S3 takes no more in one request. */
  private static final int KEYS_PER_REQUEST = 1000;

  private Deletions() {}

  static CompletableFuture<Void> run(
      S3AsyncClient client, Calls calls, Requests requests, Collection<String> keys) {
    List<String> all = List.copyOf(keys);
    if (all.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return Steps.run(
        0,
        from -> {
          int to = Math.min(from + KEYS_PER_REQUEST, all.size());
          RequestName name = new RequestName("DELETE", requests.bucket(), all.get(from));
          return calls.send(
              name,
              () -> client.deleteObjects(request(requests, all.subList(from, to))),
              answer -> {
                check(answer, requests.bucket());
                return to == all.size() ? Steps.last(null) : Steps.left(to);
              });
        });
  }

  private static DeleteObjectsRequest request(Requests requests, List<String> keys) {
    List<ObjectIdentifier> objects =
        keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    return requests.deleteAll().delete(delete -> delete.objects(objects).quiet(true)).build();
  }

  /** The answer is 200 also when objects were not deleted; it lists these. */
  private static void check(DeleteObjectsResponse answer, String bucket) {
    for (S3Error error : answer.errors()) {
      String code = String.valueOf(error.code());
      if (!code.equals("NoSuchKey")) {
        ErrorKind kind =
            switch (code) {
              case "AccessDenied" -> ErrorKind.ACCESS_DENIED;
              case "NoSuchBucket" -> ErrorKind.NOT_FOUND;
              default -> ErrorKind.UNAVAILABLE;
            };
        throw new S3VfsException(
            kind,
            new RequestName("DELETE", bucket, String.valueOf(error.key()))
                + ": "
                + code
                + ": "
                + error.message());
      }
    }
  }
}
