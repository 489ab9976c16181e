package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Condition;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * PUTs to one store under If-Match, with the ETag in the form that the store wants. Thread-safe.
 *
 * <p>HTTP has ETags in quotes (RFC 9110, 8.8.3), and so they are sent at first. Ceph's RADOS
 * Gateway (16.2), and stores that are made of it, compare what they got with the ETag that has no
 * quotes, and always refuse it with 412. So where a PUT is refused although the object still has
 * the ETag that was demanded, it is sent again with the bare one. The form that has had success is
 * kept, and nothing more is asked from then on. Reads are always sent with quotes, which Ceph takes
 * there.
 */
final class IfMatchPuts {
  private final S3AsyncClient client;
  private final Calls calls;
  private final Requests requests;
  private volatile Form form = Form.UNKNOWN;

  /** How the store wants an ETag. */
  private enum Form {
    UNKNOWN,
    QUOTED,
    BARE
  }

  /**
   * What to send next.
   *
   * @param bare whether the ETag goes out without its quotes
   * @param refusal null for the PUT; otherwise what it was refused with, and the object's ETag is
   *     to be looked at
   */
  private record Step(boolean bare, @Nullable S3VfsException refusal) {}

  IfMatchPuts(S3AsyncClient client, Calls calls, Requests requests) {
    this.client = client;
    this.calls = calls;
    this.requests = requests;
  }

  /**
   * Sends one.
   *
   * @param put without the condition
   * @param body what it stores, anew for each attempt; must not be changed until the future is done
   * @param name has the condition
   * @param result makes it of the answer
   */
  <R> CompletableFuture<R> send(
      PutObjectRequest put,
      Supplier<AsyncRequestBody> body,
      RequestName name,
      Function<PutObjectResponse, R> result) {
    return Steps.run(
        new Step(form == Form.BARE, null),
        step -> {
          S3VfsException refusal = step.refusal();
          return refusal == null ? put(put, body, name, result, step.bare()) : look(name, refusal);
        });
  }

  private <R> CompletableFuture<Steps.Outcome<Step, R>> put(
      PutObjectRequest put,
      Supplier<AsyncRequestBody> body,
      RequestName name,
      Function<PutObjectResponse, R> result,
      boolean bare) {
    String etag = etag(name);
    PutObjectRequest request = put.toBuilder().ifMatch(bare ? bare(etag) : etag).build();
    return calls.send(
        name,
        () -> client.putObject(request, body.get()),
        answer -> {
          if (isQuoted(etag)) {
            form = bare ? Form.BARE : Form.QUOTED;
          }
          return Steps.last(result.apply(answer));
        },
        failure -> {
          S3VfsException refusal = Failures.translate(failure, name);
          boolean mayBeTheForm =
              Failures.status(failure) == 412
                  && form == Form.UNKNOWN
                  && !bare
                  && isQuoted(etag)
                  && !name.condition().equals(Condition.NEVER);
          if (!mayBeTheForm) {
            throw refusal;
          }
          return Steps.left(new Step(false, refusal));
        });
  }

  private <R> CompletableFuture<Steps.Outcome<Step, R>> look(
      RequestName name, S3VfsException refusal) {
    return calls.send(
        name,
        () -> client.headObject(requests.head(name.key()).build()),
        answer -> {
          if (!etag(name).equals(answer.eTag())) {
            throw refusal;
          }
          return Steps.left(new Step(true, null));
        },
        failure -> {
          throw refusal;
        });
  }

  private static String etag(RequestName name) {
    return Objects.requireNonNull(name.condition().etag(), "etag");
  }

  private static boolean isQuoted(String etag) {
    return etag.length() > 2 && etag.startsWith("\"") && etag.endsWith("\"");
  }

  private static String bare(String etag) {
    return isQuoted(etag) ? etag.substring(1, etag.length() - 1) : etag;
  }
}
