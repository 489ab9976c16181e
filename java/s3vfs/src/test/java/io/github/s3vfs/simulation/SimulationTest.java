package io.github.s3vfs.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final int SEEDS = Boolean.getBoolean("s3vfs.test.thorough") ? 4_000 : 150;

  @Test
  void committedStatesAreSeenAndNothingElse() {
    Counts counts = new Counts();
    for (int seed = 1; seed <= SEEDS; seed++) {
      counts.addAll(run(seed).counts());
    }
    System.out.println(counts);
    assertTrue(counts.get("commits") > SEEDS, counts.toString());
    assertTrue(counts.get("reads") > SEEDS, counts.toString());
    assertTrue(counts.get("compactions") > 0, counts.toString());
    assertTrue(counts.get("collections") > 0, counts.toString());
    assertTrue(counts.get("earlier versions read") > 0, counts.toString());
    for (Fate fate : Fate.values()) {
      if (fate != Fate.ANSWERED && fate != Fate.SLOW) {
        assertTrue(counts.get("fault " + fate) > 0, fate + ": " + counts);
      }
    }
  }

  @Test
  void theSameSeedMakesTheSameRun() {
    for (int seed = 1; seed <= 20; seed++) {
      assertEquals(run(seed).log().toString(), run(seed).log().toString(), "seed " + seed);
    }
    assertNotEquals(run(1).log().toString(), run(2).log().toString());
  }

  private static Simulation run(long seed) {
    Simulation simulation = new Simulation(seed);
    try {
      simulation.run();
    } catch (Violation e) {
      System.out.println(simulation.log());
      throw new Violation("seed " + seed + ": " + e.getMessage(), e);
    }
    return simulation;
  }
}
