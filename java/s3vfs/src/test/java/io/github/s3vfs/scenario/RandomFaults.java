package io.github.s3vfs.scenario;

import io.github.s3vfs.Layout;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.util.List;
import java.util.Random;

/** Plans random faults for the requests to come: before or after their effect, in bursts. */
record RandomFaults(FaultPlan faults, Random random, Layout layout) {
  private static final int LONGEST_BURST = 5;
  private static final List<Request> KINDS =
      List.of(Request.GET, Request.PUT, Request.DELETE, Request.DELETE_ALL, Request.LIST);

  /** Before a statement: forgets the plan, adds to it, or leaves it. */
  void plan() {
    if (random.nextInt(100) < 15) {
      faults.clear();
    }
    if (random.nextInt(100) < 30) {
      addBurst();
    }
  }

  private void addBurst() {
    FaultPlan.Rule rule =
        random.nextInt(5) == 0
            ? faults.onAny()
            : faults.on(KINDS.get(random.nextInt(KINDS.size())));
    switch (random.nextInt(6)) {
      case 0 -> rule.key(key -> key.endsWith(layout == Layout.BLOCKS ? "-lease" : "/head"));
      case 1 -> rule.key(key -> key.contains(layout == Layout.BLOCKS ? "-journal" : "/s/"));
      default -> {}
    }
    rule.nth(1 + random.nextInt(8)).times(1 + random.nextInt(LONGEST_BURST));
    if (random.nextBoolean()) {
      rule.failBefore(FaultPlan.unavailable());
    } else {
      rule.failAfter(FaultPlan.unavailable());
    }
  }
}
