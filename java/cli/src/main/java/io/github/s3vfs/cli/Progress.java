package io.github.s3vfs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Tells on standard error how far long work is: a bar with rate and expected end where that is a
 * terminal, else a line now and then. Thread-safe.
 */
final class Progress implements AutoCloseable {
  private static final long LINE_NANOS = 5_000_000_000L;
  private static final int BAR_MILLIS = 200;
  private static final long MEGABYTE = 1_000_000;
  private static final int LEAST_WIDTH = 40;
  private static final int USUAL_WIDTH = 80;

  private final String task;
  private final @Nullable PrintStream lines;
  private final @Nullable ProgressBar bar;
  private final LongSupplier nanoTime;
  private final long start;
  private long told;
  private long done;
  private long total;

  private Progress(
      String task,
      long total,
      @Nullable PrintStream lines,
      @Nullable ProgressBar bar,
      LongSupplier nanoTime) {
    this.task = task;
    this.total = total;
    this.lines = lines;
    this.bar = bar;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.told = start;
  }

  /**
   * Work in bytes begins.
   *
   * @param task names it
   * @param total bytes that there are to do, or -1 if that is not known
   */
  static Progress begin(Io io, boolean quiet, String task, long total) {
    return begin(io, quiet, task, total, System::nanoTime);
  }

  /** As the other one, by another clock. */
  static Progress begin(Io io, boolean quiet, String task, long total, LongSupplier nanoTime) {
    boolean asBar = !quiet && io.errIsTerminal();
    return new Progress(
        task,
        total,
        quiet || asBar ? null : io.err(),
        asBar ? bar(io.err(), task, total) : null,
        nanoTime);
  }

  private static ProgressBar bar(PrintStream err, String task, long total) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(total)
        .setUnit("MB", MEGABYTE)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(BAR_MILLIS)
        .showSpeed()
        .setConsumer(new ConsoleProgressBarConsumer(err, width() - 1))
        .build();
  }

  /**
   * Columns of the terminal. The library's own way to find that out has Ctrl-C kill the program.
   */
  private static int width() {
    try (Terminal terminal = TerminalBuilder.builder().dumb(true).nativeSignals(false).build()) {
      return terminal.getWidth() > LEAST_WIDTH ? terminal.getWidth() : USUAL_WIDTH;
    } catch (IOException e) {
      return USUAL_WIDTH;
    }
  }

  /** More was done. */
  void add(long bytes) {
    at(done() + bytes, total());
  }

  private synchronized long done() {
    return done;
  }

  private synchronized long total() {
    return total;
  }

  /**
   * So much is done.
   *
   * @param nowTotal of that; -1 if that is not known
   */
  synchronized void at(long nowDone, long nowTotal) {
    done = nowDone;
    total = nowTotal;
    if (bar != null) {
      bar.maxHint(nowTotal);
      bar.stepTo(nowDone);
    } else if (lines != null && nanoTime.getAsLong() - told >= LINE_NANOS) {
      told = nanoTime.getAsLong();
      lines.println(line());
    }
  }

  private String line() {
    double seconds = Math.max(1e-3, (nanoTime.getAsLong() - start) / 1e9);
    String rate = Amount.bytes((long) (done / seconds)) + "/s";
    if (total <= 0 || done > total) {
      return task + ": " + Amount.bytes(done) + ", " + rate;
    }
    long left = done == 0 ? -1 : Math.round((total - done) * seconds / done);
    return String.format(
        Locale.ROOT,
        "%s: %d%%, %s of %s, %s%s",
        task,
        100 * done / total,
        Amount.bytes(done),
        Amount.bytes(total),
        rate,
        left < 0 ? "" : ", " + left + " s left");
  }

  /** The work is over, done or not. */
  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    } else if (lines != null) {
      double seconds = (nanoTime.getAsLong() - start) / 1e9;
      lines.println(
          String.format(Locale.ROOT, "%s: %s in %.1f s", task, Amount.bytes(done), seconds));
    }
  }
}
