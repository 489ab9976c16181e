package io.github.s3vfs.select;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Objects;

/** An object in memory. */
final class MemorySource implements ObjectSource {
  private final byte[] bytes;

  MemorySource(byte[] bytes) {
    this.bytes = Objects.requireNonNull(bytes, "bytes");
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public InputStream open(long offset, long length) {
    int start = (int) Math.min(offset, bytes.length);
    return new ByteArrayInputStream(bytes, start, (int) Math.min(length, bytes.length - start));
  }

  @Override
  public String name() {
    return "memory";
  }
}
