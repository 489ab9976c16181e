package io.github.s3vfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Where nobody looks at a terminal, progress is a line now and then. */
class ProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final AtomicLong now = new AtomicLong(7);

  private Progress begin(boolean quiet, long total) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Io io =
        new Io(
            new ByteArrayInputStream(new byte[0]),
            stream,
            stream,
            false,
            false,
            false,
            Map.of(),
            () -> false);
    return Progress.begin(io, quiet, "work", total, now::get);
  }

  private List<String> lines() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void linesHaveRateAndWhatIsLeft() {
    try (Progress progress = begin(false, 100_000_000)) {
      now.addAndGet(4 * SECOND);
      progress.add(20_000_000);
      now.addAndGet(SECOND);
      progress.add(5_000_000);
      progress.add(1);
      now.addAndGet(5 * SECOND);
      progress.at(100_000_000, 100_000_000);
    }
    assertEquals(
        List.of(
            "work: 25%, 25.0 MB of 100.0 MB, 5.0 MB/s, 15 s left",
            "work: 100%, 100.0 MB of 100.0 MB, 10.0 MB/s, 0 s left", "work: 100.0 MB in 10.0 s"),
        lines());
  }

  @Test
  void whereTheEndIsNotKnownNothingIsSaidOfIt() {
    try (Progress progress = begin(false, -1)) {
      now.addAndGet(5 * SECOND);
      progress.add(500);
    }
    assertEquals(List.of("work: 500 bytes, 100 bytes/s", "work: 500 bytes in 5.0 s"), lines());
  }

  @Test
  void whoWantsQuietHasIt() {
    try (Progress progress = begin(true, 100)) {
      now.addAndGet(10 * SECOND);
      progress.add(50);
    }
    assertEquals(List.of(), lines());
  }
}
