package io.github.s3vfs.simulation;

import java.io.PrintStream;

/**
 * Runs simulations for some time, with seeds counted up from one that is printed; or one again.
 *
 * <pre>Simulate SECONDS [--from SEED] | --seed SEED</pre>
 *
 * Exits with 1 at the first violation; its seed, the steps of its run and the property are printed.
 */
public final class Simulate {
  private static final long PROGRESS_NANOS = 10_000_000_000L;

  private final PrintStream out;
  private final Counts counts = new Counts();
  private final long begun = System.nanoTime();

  private Simulate(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    Simulate simulate = new Simulate(System.out);
    boolean good;
    if (args.length == 2 && args[0].equals("--seed")) {
      good = simulate.run(Long.parseLong(args[1]));
      simulate.progress(1);
    } else if (args.length == 1 || (args.length == 3 && args[1].equals("--from"))) {
      long seed =
          args.length == 3
              ? Long.parseLong(args[2])
              : System.currentTimeMillis() / 1000 * 1_000_000;
      good = simulate.runAll(Long.parseLong(args[0]), seed);
    } else {
      System.err.println("usage: simulate SECONDS [--from SEED] | --seed SEED");
      good = false;
    }
    System.exit(good ? 0 : 1);
  }

  private boolean runAll(long seconds, long start) {
    out.println("seeds from " + start);
    long seed = start;
    long told = begun;
    boolean good = true;
    while (good && System.nanoTime() - begun < seconds * 1_000_000_000L) {
      good = run(seed++);
      if (System.nanoTime() - told > PROGRESS_NANOS) {
        told = System.nanoTime();
        progress(seed - start);
      }
    }
    progress(seed - start);
    return good;
  }

  private boolean run(long seed) {
    Simulation simulation = new Simulation(seed);
    try {
      simulation.run();
      counts.addAll(simulation.counts());
      return true;
    } catch (Violation e) {
      out.println("== the run of seed " + seed);
      out.println(simulation.log());
      out.println("== VIOLATED with --seed " + seed + ": " + e.getMessage());
      e.printStackTrace(out);
      return false;
    }
  }

  private void progress(long seeds) {
    long seconds = (System.nanoTime() - begun) / 1_000_000_000L;
    out.println(seconds + " s: " + seeds + " seeds; " + counts);
  }
}
