package io.github.s3vfs.scenario;

import io.github.s3vfs.scenario.ModelledConnection.Query;
import java.sql.SQLException;
import java.util.Random;

/** What a connection does next, at random. */
final class RandomStep {
  private RandomStep() {}

  /**
   * One that is in no transaction.
   *
   * @return false if it does nothing, and should be opened again
   */
  static boolean outside(ModelledConnection c, Random random) throws SQLException {
    int dice = random.nextInt(100);
    if (dice < 42) {
      c.begin(random.nextInt(4) == 0);
    } else if (dice < 68) {
      c.change(RandomChange.next(random));
    } else if (dice < 93) {
      c.read(Query.any(random));
    } else if (dice < 97) {
      c.change(RandomChange.vacuum());
    }
    return dice < 97;
  }

  /** One that is in a transaction. */
  static void within(ModelledConnection c, Random random) throws SQLException {
    int dice = random.nextInt(100);
    if (dice < 42) {
      c.change(RandomChange.next(random));
    } else if (dice < 75) {
      c.read(Query.any(random));
    } else if (dice < 92) {
      c.commit();
    } else {
      c.rollBack();
    }
  }
}
