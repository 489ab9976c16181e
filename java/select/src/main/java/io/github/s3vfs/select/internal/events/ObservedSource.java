package io.github.s3vfs.select.internal.events;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectOptions;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells how many bytes were read, in the thread that reads them.
 *
 * @param source the object
 * @param observer gets each count; what it throws ends reading
 */
record ObservedSource(ObjectSource source, LongConsumer observer) implements ObjectSource {
  @Override
  public long size() {
    return source.size();
  }

  @Override
  public InputStream open(long offset, long length) throws IOException {
    return new Observed(source.open(offset, length), observer);
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public @Nullable String ask(String query, SelectOptions options) {
    return source.ask(query, options);
  }

  private static final class Observed extends FilterInputStream {
    private final LongConsumer observer;

    Observed(InputStream stream, LongConsumer observer) {
      super(stream);
      this.observer = observer;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0) {
        observer.accept(1);
      }
      return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      if (count > 0) {
        observer.accept(count);
      }
      return count;
    }
  }
}
