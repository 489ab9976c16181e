package io.github.s3vfs.internal.jna;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.vfs.LastFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between an upcall and what it does: makes the reply, and turns whatever is thrown into an
 * SQLite result code. A reply carries a tag, so that the 0 which JNA answers for an exception that
 * escapes is a failure to the native side and never SQLITE_OK.
 */
final class Guard {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
  private static final long TAG = 0x5333_0000L;

  private Guard() {}

  /** What an upcall does. */
  interface Body {
    /** Answers a reply made by {@link #ok} or {@link #code}. */
    long run() throws Exception;
  }

  /** Success, with a value. */
  static long ok(int value) {
    return (long) value << 32 | TAG;
  }

  /** A result code, without a value. */
  static long code(int resultCode) {
    return TAG | resultCode;
  }

  /**
   * Runs the body.
   *
   * @param failure the result code of a failure that has no better one
   */
  static long run(int failure, Body body) {
    try {
      return body.run();
    } catch (Throwable t) {
      return failed(failure, t);
    }
  }

  /**
   * Runs the body of an upcall about a table, whose failures have a message.
   *
   * @param text where the message goes
   * @param room bytes there, with the NUL
   */
  static long runTable(long text, int room, Body body) {
    try {
      return body.run();
    } catch (InterruptWatch.StatementInterrupted e) {
      return code(ResultCode.INTERRUPT);
    } catch (Throwable t) {
      return tableFailed(text, room, t);
    }
  }

  private static long tableFailed(long text, int room, Throwable t) {
    try {
      LastFailure.record(t);
      if (t instanceof OutOfMemoryError) {
        return code(ResultCode.NOMEM);
      }
      LOG.debug("a table failed", t);
      String message = t.getMessage();
      NativeText.writeStart(message == null ? t.toString() : message, text, room);
    } catch (Throwable again) {
      // No memory or no stack left to tell of it; the code must get through.
    }
    return code(ResultCode.ERROR);
  }

  @SuppressWarnings("CatchAndPrintStackTrace")
  private static long failed(int failure, Throwable t) {
    try {
      LastFailure.record(t);
      if (t instanceof S3VfsException e) {
        LOG.debug("{} (SQLite result {})", e.getMessage(), failure, e);
        return code(resultCode(failure, e.kind()));
      }
      if (t instanceof OutOfMemoryError) {
        return code(ResultCode.IOERR_NOMEM);
      }
      LOG.error("unexpected failure in a VFS method", t);
    } catch (Throwable again) {
      // No memory or no stack left to tell of it; the code must get through.
    }
    return code(failure);
  }

  private static int resultCode(int failure, ErrorKind kind) {
    return switch (kind) {
      case BUSY -> ResultCode.BUSY;
      case CONFLICT -> ResultCode.BUSY_SNAPSHOT;
      case READ_ONLY -> ResultCode.READONLY;
      case CORRUPT -> failure == ResultCode.IOERR_READ ? ResultCode.IOERR_CORRUPTFS : failure;
      default -> failure;
    };
  }
}
