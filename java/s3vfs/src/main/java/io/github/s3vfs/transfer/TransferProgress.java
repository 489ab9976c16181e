package io.github.s3vfs.transfer;

/** Is told how far a transfer is, and can end it. */
@FunctionalInterface
public interface TransferProgress {
  /** Is told, and does nothing. */
  TransferProgress NONE = (bytes, total) -> {};

  /**
   * Some more has been transferred. Called on the thread that reads or writes, never by two at
   * once, and with numbers that only grow.
   *
   * @param bytes of the object that S3 has acknowledged, or that have come from it
   * @param total bytes of the object, or -1 while that is not known
   * @throws RuntimeException of any kind, as a {@link java.util.concurrent.CancellationException}:
   *     ends the transfer. What was uploaded so far is given up, the object that was to be written
   *     is as it was before, and the exception is passed on to the caller.
   */
  void transferred(long bytes, long total);
}
