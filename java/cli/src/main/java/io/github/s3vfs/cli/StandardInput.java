package io.github.s3vfs.cli;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Standard input as an object. It is read to its end when its size is asked for the first time;
 * what is longer than a megabyte goes into a temporary file, which {@link #close} deletes.
 */
final class StandardInput implements ObjectSource, AutoCloseable {
  private static final int IN_MEMORY = 1 << 20;

  private final InputStream in;
  private @Nullable ObjectSource kept;
  private @Nullable Path file;

  StandardInput(InputStream in) {
    this.in = in;
  }

  @Override
  public long size() {
    return kept().size();
  }

  @Override
  public InputStream open(long offset, long length) throws IOException {
    return kept().open(offset, length);
  }

  @Override
  public String name() {
    return "standard input";
  }

  private synchronized ObjectSource kept() {
    ObjectSource known = kept;
    if (known == null) {
      known = read();
      kept = known;
    }
    return known;
  }

  /** A thread of its own reads: an interrupt does not end reading, but it ends waiting for it. */
  private ObjectSource read() {
    try {
      Path large = Files.createTempFile("s3vfs-", ".input");
      file = large;
      FutureTask<ObjectSource> reading = new FutureTask<>(() -> keep(large));
      Thread reader = new Thread(reading, "s3vfs-input");
      reader.setDaemon(true);
      reader.start();
      return reading.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SelectException(SelectError.INTERRUPTED, name() + ": interrupted", e);
    } catch (ExecutionException | IOException e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      String message = cause == null ? "" : String.valueOf(cause.getMessage());
      throw new SelectException(SelectError.READ_FAILED, name() + ": " + message, e);
    }
  }

  private ObjectSource keep(Path large) throws IOException {
    byte[] first = in.readNBytes(IN_MEMORY);
    if (first.length < IN_MEMORY) {
      return ObjectSource.of(first);
    }
    try (OutputStream out = Files.newOutputStream(large, StandardOpenOption.WRITE)) {
      out.write(first);
      in.transferTo(out);
    }
    return ObjectSource.of(large);
  }

  @Override
  public synchronized void close() throws IOException {
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }
}
