package io.github.s3vfs.flink;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * A sink must not write: another one writes to its table, or the table has rows of checkpoints that
 * the sink knows nothing of. Starting the job again does not help, and Flink does not.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class SinkRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SinkRefusedException(String message) {
    super(message);
  }
}
