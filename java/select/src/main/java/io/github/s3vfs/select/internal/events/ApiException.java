package io.github.s3vfs.select.internal.events;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** A failure as S3's API tells it: a code, and a status of HTTP. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int BAD_REQUEST = 400;

  /** One word. */
  private final String code;

  private final int status;

  /** A request that can not be meant: status 400. */
  public ApiException(String code, String message) {
    this(code, BAD_REQUEST, message, null);
  }

  /** Any failure. */
  public ApiException(String code, int status, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.status = status;
  }

  /** The code of the API. */
  public String code() {
    return code;
  }

  /** The status of HTTP that goes with it. */
  public int status() {
    return status;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** What a failure of a query, or of the store behind it, is to a client. */
  public static ApiException of(Throwable failure, Dialect dialect) {
    if (failure instanceof ApiException known) {
      return known;
    } else if (failure instanceof SelectException e && e.error() != SelectError.READ_FAILED) {
      return of(e, dialect);
    }
    AwsServiceException answered = find(failure, AwsServiceException.class);
    if (answered != null) {
      AwsErrorDetails details = answered.awsErrorDetails();
      String code = details == null ? null : details.errorCode();
      String message = details == null ? null : details.errorMessage();
      int status = answered.statusCode();
      if (status < 400) {
        return internal(answered);
      }
      return new ApiException(
          code == null || code.isEmpty() ? codeOf(status) : code,
          status,
          message == null ? String.valueOf(answered.getMessage()) : message,
          answered);
    }
    S3VfsException store = find(failure, S3VfsException.class);
    if (store != null) {
      return of(store);
    }
    return failure instanceof SelectException e ? of(e, dialect) : internal(failure);
  }

  /** An exception of a class among an exception and its causes. */
  public static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> wanted) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 16; depth++) {
      if (wanted.isInstance(at)) {
        return wanted.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }

  private static ApiException of(SelectException e, Dialect dialect) {
    int status =
        switch (e.error()) {
          case OBJECT_CHANGED -> 412;
          case READ_FAILED, WRITE_FAILED -> 500;
          case INTERRUPTED -> 503;
          default -> BAD_REQUEST;
        };
    SelectError error = e.error();
    String code = dialect == Dialect.CEPH ? error.cephCode() : error.code();
    return new ApiException(code, status, e.getMessage(), e);
  }

  private static ApiException of(S3VfsException e) {
    int status = status(e.kind());
    return new ApiException(codeOf(status), status, String.valueOf(e.getMessage()), e);
  }

  private static int status(ErrorKind kind) {
    return switch (kind) {
      case NOT_FOUND -> 404;
      case ACCESS_DENIED -> 403;
      case CONFLICT -> 412;
      case UNAVAILABLE, INTERRUPTED, BUSY -> 503;
      case INVALID -> BAD_REQUEST;
      default -> 500;
    };
  }

  /** Answers to HEAD have no code. */
  private static String codeOf(int status) {
    return switch (status) {
      case 403 -> "AccessDenied";
      case 404 -> "NoSuchKey";
      case 412 -> "PreconditionFailed";
      case 503 -> "ServiceUnavailable";
      default -> status >= 500 ? "InternalError" : "InvalidRequest";
    };
  }

  private static ApiException internal(Throwable failure) {
    return new ApiException("InternalError", 500, failure.toString(), failure);
  }
}
