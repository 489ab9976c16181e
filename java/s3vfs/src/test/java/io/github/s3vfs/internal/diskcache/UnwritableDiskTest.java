package io.github.s3vfs.internal.diskcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, or cannot be written: what is there is read, and the rest is left out. */
class UnwritableDiskTest {
  private static final long BOUND = 8 << 20;

  @TempDir Path parent;

  /** A file that takes what others have left of some bytes. */
  private static final class Full implements SeekableByteChannel {
    private final SeekableByteChannel file;
    private final AtomicLong left;

    Full(SeekableByteChannel file, AtomicLong left) {
      this.file = file;
      this.left = left;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int count = (int) Math.min(left.get(), bytes.remaining());
      if (count == 0) {
        throw new IOException("No space left on device");
      }
      left.addAndGet(-count);
      int limit = bytes.limit();
      bytes.limit(bytes.position() + count);
      int written = file.write(bytes);
      bytes.limit(limit);
      return written;
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
      return file.read(bytes);
    }

    @Override
    public long position() throws IOException {
      return file.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
      file.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      file.truncate(size);
      return this;
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** What is logged meanwhile; slf4j-simple looks for the stream each time. */
  private static String logged(Runnable task) {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      task.run();
    } finally {
      System.setErr(before);
    }
    return log.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aDiskThatCannotBeWrittenIsLoggedOnce() {
    SlabFiles broken =
        path -> {
          throw new IOException("Input/output error");
        };
    String log =
        logged(
            () -> {
              try (DiskCache cache = DiskCache.open(parent.resolve("cache"), BOUND, broken)) {
                for (int i = 0; i < 20; i++) {
                  Bodies.put(cache, i);
                }
              }
            });
    String warning = "the disk cache in " + parent.resolve("cache") + " cannot be written now";
    assertEquals(1, log.split(Pattern.quote(warning), -1).length - 1, log);
    assertTrue(log.contains("Input/output error"), log);
  }

  @Test
  void aFullDiskIsNotWrittenToAnyMoreForAWhile() {
    AtomicLong left = new AtomicLong(300_000);
    AtomicInteger files = new AtomicInteger();
    SlabFiles full =
        path -> {
          files.incrementAndGet();
          return new Full(SlabFiles.onDisk(path), left);
        };
    int there;
    try (DiskCache cache = DiskCache.open(parent.resolve("cache"), BOUND, full)) {
      for (int i = 0; i < 200; i++) {
        Bodies.put(cache, i);
      }
      cache.drain();
      there = Bodies.countIn(cache, 200);
      assertTrue(there > 15 && there < 100, there + "");
      assertEquals(0, left.get());
      assertEquals(1, files.get());
    }
    try (DiskCache cache = DiskCache.open(parent.resolve("cache"), BOUND)) {
      cache.drain();
      assertEquals(there, Bodies.countIn(cache, 200), "what was written before is good");
      for (int i = 0; i < 200; i++) {
        Bodies.put(cache, i);
      }
      cache.drain();
      assertEquals(200, Bodies.countIn(cache, 200));
    }
  }

  @Test
  void whatIsThereIsReadWhereNothingCanBeWritten() {
    try (DiskCache cache = DiskCache.open(parent.resolve("cache"), BOUND)) {
      Bodies.put(cache, 0);
    }
    SlabFiles readOnly =
        path -> {
          throw new ReadOnlyFileSystemException();
        };
    try (DiskCache cache = DiskCache.open(parent.resolve("cache"), BOUND, readOnly)) {
      Bodies.put(cache, 1);
      cache.drain();
      assertTrue(Bodies.isIn(cache, 0));
      assertEquals(1, Bodies.countIn(cache, 10));
    }
  }
}
