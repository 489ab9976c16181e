package io.github.s3vfs.cli;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectOptions;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells how much of an object was read; reading fails once the thread is interrupted.
 *
 * @param source the object
 * @param progress takes the counts
 */
record WatchedSource(ObjectSource source, Progress progress) implements ObjectSource {
  @Override
  public long size() {
    return source.size();
  }

  @Override
  public InputStream open(long offset, long length) throws IOException {
    return new CountedInput(source.open(offset, length), progress);
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public @Nullable String ask(String query, SelectOptions options) {
    return source.ask(query, options);
  }
}
