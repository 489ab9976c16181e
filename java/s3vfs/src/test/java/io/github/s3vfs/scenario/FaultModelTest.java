package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/**
 * Requests fail at random, before or after their effect, and the content stays what a model says:
 * what a successful COMMIT made it, and after a failed one the old or the new, for good once it was
 * read.
 */
class FaultModelTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int FAULTS = THOROUGH ? 5000 : 200;
  private static final int FAULTS_PER_RUN = 70;
  private static final int STEPS_PER_RUN = 5000;

  @Test
  void aCommitSucceedsOrIsOldOrNewAndNothingElse() throws Exception {
    long seed = Long.getLong("s3vfs.test.seed", System.nanoTime());
    int faults = 0;
    for (int run = 0; faults < FAULTS; run++) {
      faults += faultsOfRun(seed + run);
    }
  }

  private static int faultsOfRun(long seed) throws SQLException {
    try (FaultRun run = new FaultRun(seed)) {
      try {
        for (int i = 0; i < STEPS_PER_RUN && run.faults() < FAULTS_PER_RUN; i++) {
          run.step();
        }
        run.check();
      } catch (SQLException | AssertionError e) {
        throw new AssertionError(
            "-Ds3vfs.test.seed=" + seed + ": " + e.getMessage() + "\n" + run.history(), e);
      }
      assertTrue(run.faults() > 0, "-Ds3vfs.test.seed=" + seed + ": no faults");
      return run.faults();
    }
  }
}
