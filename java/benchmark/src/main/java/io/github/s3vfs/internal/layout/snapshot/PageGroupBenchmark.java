package io.github.s3vfs.internal.layout.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it takes to decode one group of pages: decompression, and the checksum of each page. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PageGroupBenchmark {
  private static final int PAGE_SIZE = 4096;

  /** Rows of text, which are compressed to about a third; random bytes, which are not. */
  @Param({"text", "random"})
  public String content = "text";

  private ByteBuffer body = ByteBuffer.allocate(0);

  /** Makes a group of the size that commits make. */
  @Setup
  public void encode() {
    Random random = new Random(5);
    int count = PageGroup.pagesPerGroup(PAGE_SIZE);
    byte[] bytes = new byte[count * PAGE_SIZE];
    if (content.equals("random")) {
      random.nextBytes(bytes);
    } else {
      StringBuilder rows = new StringBuilder();
      for (int row = 0; rows.length() < bytes.length; row++) {
        rows.append(row).append(",customer").append(random.nextInt(100_000));
        rows.append(",20").append(10 + random.nextInt(16)).append("-01-05,invoice shipped,");
        rows.append(random.nextInt(1_000_000)).append('\n');
      }
      byte[] text = rows.toString().getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(text, 0, bytes, 0, bytes.length);
    }
    long[] pages = new long[count];
    for (int i = 0; i < count; i++) {
      pages[i] = 1000L + i;
    }
    body = ByteBuffer.wrap(new PageGroup(PAGE_SIZE, pages, bytes).encode());
  }

  /** Time per group. */
  @Benchmark
  public Object decode() {
    return PageGroup.decode(body.duplicate(), "a group");
  }
}
