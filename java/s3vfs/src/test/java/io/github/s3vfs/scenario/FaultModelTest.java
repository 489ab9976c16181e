package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Requests fail at random, before or after their effect, and the content stays what a model says:
 * what a successful COMMIT made it, and after a failed one the old or the new, for good once it was
 * read. In the layout snapshot a lost COMMIT (SQLITE_BUSY_SNAPSHOT) is the old for ever, and
 * readers see one version whatever happens.
 */
class FaultModelTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int FAULTS = THOROUGH ? 5000 : 200;
  private static final int SNAPSHOT_FAULTS = THOROUGH ? 10_000 : 200;

  /** Of random seeds two at once; a given seed alone. */
  private static final int THREADS = System.getProperty("s3vfs.test.seed") == null ? 2 : 1;

  private static final int FAULTS_PER_RUN = 70;
  private static final int STEPS_PER_RUN = 5000;

  @ParameterizedTest
  @EnumSource
  void aCommitSucceedsOrIsOldOrNewAndNothingElse(Layout layout) throws Exception {
    long seed = Long.getLong("s3vfs.test.seed", System.nanoTime());
    int enough = layout == Layout.BLOCKS ? FAULTS : SNAPSHOT_FAULTS;
    AtomicInteger faults = new AtomicInteger();
    AtomicLong runs = new AtomicLong(seed);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(
            threads.submit(
                () -> {
                  while (faults.get() < enough) {
                    faults.addAndGet(faultsOfRun(layout, runs.getAndIncrement()));
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      faults.set(Integer.MAX_VALUE / 2);
      threads.shutdown();
    }
  }

  private static int faultsOfRun(Layout layout, long seed) throws SQLException {
    try (FaultRun run = new FaultRun(layout, seed)) {
      try {
        for (int i = 0; i < STEPS_PER_RUN && run.faults() < FAULTS_PER_RUN; i++) {
          run.step();
        }
        run.checkRemains();
      } catch (SQLException | RuntimeException | AssertionError e) {
        throw new AssertionError(
            "-Ds3vfs.test.seed="
                + seed
                + " "
                + layout
                + ": "
                + e.getMessage()
                + "\n"
                + run.history(),
            e);
      }
      assertTrue(run.faults() > 0, "-Ds3vfs.test.seed=" + seed + ": no faults");
      return run.faults();
    }
  }
}
