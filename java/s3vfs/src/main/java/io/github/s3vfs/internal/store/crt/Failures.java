package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Condition;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.crt.CrtRuntimeException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * What a failure of the SDK means. Statuses decide, because answers to a HEAD have no error code;
 * codes only tell apart what shares a status (see "Error responses" in the Amazon S3 API
 * reference).
 */
final class Failures {
  private static final Pattern NOISE =
      Pattern.compile("^Failed to send the request: | \\(SDK Attempt Count: \\d+\\)$");

  /** Where the runtime looks for whom to trust. */
  static final String TRUST =
      "certificates are checked against the operating system's trust store, not Java's";

  private Failures() {}

  /** Whether a client speaks to its endpoint over TLS, as far as it tells. */
  static boolean mayBeTls(S3AsyncClient client) {
    try {
      return client
          .serviceClientConfiguration()
          .endpointOverride()
          .map(endpoint -> "https".equals(endpoint.getScheme()))
          .orElse(true);
    } catch (UnsupportedOperationException e) { // of another make
      return false;
    }
  }

  /** The exception without the wrappers that futures put around it. */
  static Throwable unwrap(Throwable t) {
    Throwable inner = t;
    while (inner instanceof CompletionException && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /** The HTTP status of a failure, or 0 when there was no answer. */
  static int status(Throwable t) {
    return t instanceof AwsServiceException e ? e.statusCode() : 0;
  }

  /** Whether a 404 is about the bucket, not the object. */
  static boolean bucketIsMissing(Throwable t) {
    return status(t) == 404 && "NoSuchBucket".equals(code(t));
  }

  /**
   * Whether a store says that the object is missing: an error document that says so, or no document
   * after a HEAD. A page of a proxy or of some other server is no such answer.
   */
  static boolean objectIsMissing(Throwable t) {
    if (!(t instanceof AwsServiceException e) || e.statusCode() != 404) {
      return false;
    }
    String code = code(e);
    if (code != null && !code.isEmpty() && !code.equals("404")) {
      return code.equals("NoSuchKey") || code.equals("NoSuchVersion") || code.equals("NotFound");
    }
    AwsErrorDetails details = e.awsErrorDetails();
    boolean empty =
        details == null
            || details.rawResponse() == null
            || details.rawResponse().asByteArrayUnsafe().length == 0;
    String type = Answers.header(response(e), "Content-Type");
    return empty && (type == null || !type.startsWith("text/"));
  }

  /** The headers of a failure's answer, or null when there was none. */
  static @Nullable SdkHttpResponse response(Throwable t) {
    AwsErrorDetails details = t instanceof AwsServiceException e ? e.awsErrorDetails() : null;
    return details == null ? null : details.sdkHttpResponse();
  }

  /**
   * Whether the SDK has failed since it noticed an interrupt of the thread, which it takes away.
   */
  static boolean isInterrupt(Throwable t) {
    for (@Nullable Throwable each = t; each != null; each = each.getCause()) {
      if (each instanceof InterruptedException || each instanceof AbortedException) {
        return true;
      }
    }
    return false;
  }

  /** The failure of a request, for its caller. */
  static S3VfsException translate(Throwable t, RequestName request) {
    if (t instanceof S3VfsException e) {
      return e;
    }
    if (t instanceof AwsServiceException e) {
      return answered(e, request);
    }
    if (isClosed(t)) {
      return failure(ErrorKind.CLOSED, request, "the S3 client was closed", t);
    }
    if (isInterrupt(t)) {
      return failure(ErrorKind.INTERRUPTED, request, "interrupted while it was being sent", t);
    }
    if (t instanceof IllegalArgumentException) {
      return failure(ErrorKind.INVALID, request, t.getMessage(), t);
    }
    if (t instanceof SdkClientException || t instanceof CrtRuntimeException) {
      return unanswered(t, request);
    }
    return failure(ErrorKind.INTERNAL, request, t.toString(), t);
  }

  private static S3VfsException failure(
      ErrorKind kind, RequestName request, @Nullable String text, Throwable cause) {
    return new S3VfsException(kind, request + ": " + text, cause);
  }

  private static S3VfsException answered(AwsServiceException e, RequestName request) {
    ErrorKind kind = kind(e, request);
    StringBuilder text = new StringBuilder(answer(e));
    if (kind == ErrorKind.NOT_FOUND && bucketIsMissing(e)) {
      text.append("; there is no bucket ").append(request.bucket());
    } else if (kind == ErrorKind.ACCESS_DENIED && request.isRead()) {
      text.append("; S3 also answers so for an object that is missing, unless the credentials")
          .append(" have the permission s3:ListBucket");
    } else if (kind == ErrorKind.ACCESS_DENIED && "AccessDenied".equals(code(e))) {
      text.append("; it needs the permission ").append(request.permission());
    } else if (isElsewhere(e)) {
      String region = bucketRegion(e);
      text.append("; the bucket ").append(request.bucket());
      text.append(region == null ? " is in another region" : " is in the region " + region);
    }
    return failure(kind, request, text.toString(), e);
  }

  /** As in "503 SlowDown: Please reduce your request rate. (request id 4442587FB7D0A2F9)". */
  private static String answer(AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    String code = details == null ? null : details.errorCode();
    String message = details == null ? null : details.errorMessage();
    StringBuilder text = new StringBuilder().append(e.statusCode());
    if (code != null && !code.isEmpty() && !code.equals(Integer.toString(e.statusCode()))) {
      text.append(' ').append(code);
    }
    if (message != null && !message.isEmpty()) {
      text.append(": ").append(message);
    }
    if (e.requestId() != null) {
      text.append(" (request id ").append(e.requestId()).append(')');
    }
    return text.toString();
  }

  private static ErrorKind kind(AwsServiceException e, RequestName request) {
    if (isElsewhere(e)) {
      return ErrorKind.INVALID;
    }
    boolean conditional = !request.isUnder(Condition.Kind.NONE);
    return switch (e.statusCode()) {
      case 401, 403 -> ErrorKind.ACCESS_DENIED;
      case 404 ->
          request.isUnder(Condition.Kind.IF_MATCH) && objectIsMissing(e)
              ? ErrorKind.CONFLICT
              : ErrorKind.NOT_FOUND;
      case 409 -> conditional ? ErrorKind.CONFLICT : ErrorKind.UNAVAILABLE;
      // A read in parts is under the condition that they are of one version.
      case 412 ->
          request.isRead() && !request.isUnder(Condition.Kind.IF_MATCH)
              ? ErrorKind.UNAVAILABLE
              : ErrorKind.CONFLICT;
      case 408, 429 -> ErrorKind.UNAVAILABLE;
      case 501 -> ErrorKind.UNSUPPORTED;
      case 400 ->
          switch (String.valueOf(code(e))) {
            case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" -> ErrorKind.ACCESS_DENIED;
            case "RequestTimeout", "IncompleteBody" -> ErrorKind.UNAVAILABLE;
            default -> ErrorKind.INVALID;
          };
      default -> e.statusCode() >= 500 ? ErrorKind.UNAVAILABLE : ErrorKind.INVALID;
    };
  }

  private static boolean isElsewhere(AwsServiceException e) {
    int status = e.statusCode();
    return status == 301
        || status == 302
        || status == 307
        || status == 308
        || (status == 400
            && ("AuthorizationHeaderMalformed".equals(code(e)) || bucketRegion(e) != null));
  }

  private static @Nullable String bucketRegion(AwsServiceException e) {
    SdkHttpResponse response = response(e);
    return response == null
        ? null
        : response.firstMatchingHeader("x-amz-bucket-region").orElse(null);
  }

  private static @Nullable String code(Throwable t) {
    AwsErrorDetails details = t instanceof AwsServiceException e ? e.awsErrorDetails() : null;
    return details == null ? null : details.errorCode();
  }

  /** All clients throw it when they are used after close, the CRT client as a cause. */
  private static boolean isClosed(Throwable t) {
    for (Throwable c = t; c != null; c = c.getCause()) {
      String message = String.valueOf(c.getMessage());
      if (c instanceof IllegalStateException
          && (message.contains("close") || message.contains("shut"))) {
        return true;
      }
    }
    return false;
  }

  private static S3VfsException unanswered(Throwable t, RequestName request) {
    String text = text(t);
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("credentials")) {
      return failure(
          ErrorKind.ACCESS_DENIED,
          request,
          "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose a profile"
              + " with AWS_PROFILE, give the instance a role, or pass in a credentials provider ("
              + (text.length() > 200 ? text.substring(0, 200) + "..." : text)
              + ")",
          t);
    }
    if (lower.contains("tls") || lower.contains("certificate")) {
      text += "; " + TRUST;
    } else if (text.startsWith("Response code indicates")) {
      // The CRT client does not hand on what the store said in its last answer.
      text = "5xx to every attempt (" + text + ")";
    }
    return failure(ErrorKind.UNAVAILABLE, request, text, t);
  }

  /** The message without what the SDK adds to all of them. */
  private static String text(Throwable t) {
    String message = t.getMessage();
    if (message == null || message.isEmpty()) {
      return t.toString();
    }
    return NOISE.matcher(message).replaceAll("");
  }
}
