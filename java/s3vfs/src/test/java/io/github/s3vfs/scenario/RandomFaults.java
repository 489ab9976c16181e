package io.github.s3vfs.scenario;

import io.github.s3vfs.Layout;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.util.List;
import java.util.Random;

/**
 * Plans random faults for the requests to come: before or after their effect, in bursts. In the
 * layout snapshot also requests that take effect later, answers by half, and slow ones.
 */
record RandomFaults(FaultPlan faults, Random random, Layout layout) {
  private static final int LONGEST_BURST = 5;
  private static final List<Request> KINDS =
      List.of(Request.GET, Request.PUT, Request.DELETE, Request.DELETE_ALL, Request.LIST);

  /** Before a statement: forgets the plan, adds to it, or leaves it. */
  void plan() {
    if (random.nextInt(100) < 15) {
      faults.clear();
    }
    if (random.nextInt(100) < (layout == Layout.BLOCKS ? 30 : 60)) {
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
    // A commit has few requests in the layout snapshot.
    int first = layout == Layout.BLOCKS ? 8 : 4;
    rule.nth(1 + random.nextInt(first)).times(1 + random.nextInt(LONGEST_BURST));
    switch (random.nextInt(layout == Layout.BLOCKS ? 2 : 6)) {
      case 0 -> rule.failBefore(FaultPlan.unavailable());
      case 1 -> rule.failAfter(FaultPlan.unavailable());
      case 2, 3 -> rule.failNowTakeEffectLater(FaultPlan.unavailable(), 1 + random.nextInt(12));
      case 4 -> rule.cutShort();
      default -> rule.answerSlowly();
    }
  }
}
