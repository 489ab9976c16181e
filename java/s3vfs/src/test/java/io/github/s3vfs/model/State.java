package io.github.s3vfs.model;

import io.github.s3vfs.model.Bounds.Limit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The store, the requests in flight, the memory of all actors, and what was promised so far. A step
 * makes a copy and changes that; a state that was visited does not change any more.
 */
final class State implements Cloneable {
  /** Nonces up to this one are constants of writers that do not draw fresh ones. */
  static final int LAST_FIXED_NONCE = 15;

  private static final int[] NOTHING = {};
  private static final Comparator<StoredSegment> ORDER =
      Comparator.comparingInt((StoredSegment s) -> s.name().epoch())
          .thenComparingInt(StoredSegment::pages)
          .thenComparingInt(s -> s.name().part());

  final Rules rules;
  final Bounds bounds;

  // The store.
  Head head = Head.NONE;
  List<StoredSegment> segments = List.of();
  List<Put> inFlight = List.of();

  // The actors.
  private Writer[] writers;
  private Collector[] collectors;
  private Compactor[] compactors;
  Reader reader = new Reader();
  Deleter deleter = new Deleter();

  /** For each writer the newest version that its process has used. */
  private int[] current;

  /** A record of that version: a later one may have come with the head since. */
  private Version[] currentRecord;

  int faultsLeft;
  int crashesLeft;

  // What was promised, and what happened that no actor knows.
  /** Transactions whose COMMIT was successful, one bit for each. */
  int acknowledged;

  /** PUTs of commits that were reported as lost. */
  int[] lost = NOTHING;

  /** PUTs that have published a version of a database that was deleted. */
  int[] buried = NOTHING;

  /** Nonces of claims that somebody else replaced by his own. */
  int[] broken = NOTHING;

  /** What went wrong in the step to this state; empty if nothing did. */
  String violation = "";

  private int lastNonce = LAST_FIXED_NONCE;

  private final Set<Invariant> watched;

  /**
   * The first state of an exploration.
   *
   * @param watched the invariants that are checked
   */
  State(Rules rules, Bounds bounds, Set<Invariant> watched) {
    this.rules = rules;
    this.bounds = bounds;
    this.watched = watched;
    int slots = bounds.writers() + (bounds.has(Limit.CLONES) ? 1 : 0);
    writers = new Writer[slots];
    current = new int[slots];
    currentRecord = new Version[slots];
    Arrays.fill(currentRecord, Version.EMPTY);
    for (int i = 0; i < slots; i++) {
      writers[i] = new Writer();
      writers[i].attempts = bounds.get(Limit.ATTEMPTS);
      writers[i].optimistic = bounds.isOptimistic(i);
    }
    if (bounds.has(Limit.CLONES)) {
      writers[slots - 1].phase = Writer.Phase.ABSENT;
      writers[0].ahead = new int[bounds.get(Limit.DRAWN_AHEAD)];
      Arrays.setAll(writers[0].ahead, i -> freshNonce());
    }
    collectors = new Collector[bounds.collectors()];
    Arrays.setAll(collectors, i -> new Collector());
    compactors = new Compactor[bounds.compactors()];
    Arrays.setAll(compactors, i -> new Compactor());
    faultsLeft = bounds.get(Limit.FAULTS);
    crashesLeft = bounds.get(Limit.CRASHES);
    if (!bounds.has(Limit.NO_DATABASE)) {
      createDatabase();
    }
  }

  /** One version, of two transactions that are no writer's. */
  private void createDatabase() {
    Segment even = new Segment(0, freshNonce());
    Segment odd = new Segment(0, freshNonce());
    int evenBit = 1 << 30;
    int oddBit = 1 << 29;
    Version first = new Version(odd, odd, 0, evenBit | oddBit, even, odd);
    StoredSegment older = new StoredSegment(even, evenBit, even, Segment.NONE);
    segments = List.of(new StoredSegment(oddBit, first), older);
    head = new Head(freshNonce(), freshNonce(), 0, 0, 0, 0, 0, List.of(first));
  }

  State copy() {
    try {
      return (State) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  int freshNonce() {
    return ++lastNonce;
  }

  int writers() {
    return writers.length;
  }

  Writer writer(int i) {
    return writers[i];
  }

  /** A copy that takes the place of the writer, to be changed by the step. */
  Writer changeWriter(int i) {
    Writer changed = writers[i].copy();
    setWriter(i, changed);
    return changed;
  }

  void setWriter(int i, Writer writer) {
    writers = writers.clone();
    writers[i] = writer;
  }

  /** Adds a writer that may begin one transaction, and returns its index. */
  int addWriter(boolean optimistic) {
    int index = writers.length;
    writers = Arrays.copyOf(writers, index + 1);
    current = Arrays.copyOf(current, index + 1);
    currentRecord = Arrays.copyOf(currentRecord, index + 1);
    currentRecord[index] = Version.EMPTY;
    writers[index] = new Writer();
    writers[index].attempts = 1;
    writers[index].optimistic = optimistic;
    return index;
  }

  /** Says what is wrong with this state or the step to it, if that is watched for. */
  void breaks(Invariant invariant, String what) {
    if (watched.contains(invariant) && violation.isEmpty()) {
      violation = invariant + ": " + what;
    }
  }

  Collector collector(int i) {
    return collectors[i];
  }

  Collector changeCollector(int i) {
    collectors = collectors.clone();
    collectors[i] = collectors[i].copy();
    return collectors[i];
  }

  Compactor compactor(int i) {
    return compactors[i];
  }

  Compactor changeCompactor(int i) {
    compactors = compactors.clone();
    compactors[i] = compactors[i].copy();
    return compactors[i];
  }

  int current(int process) {
    return current[process];
  }

  Version currentRecord(int process) {
    return currentRecord[process];
  }

  void setCurrent(int process, int version, Version record) {
    current = current.clone();
    current[process] = version;
    currentRecord = currentRecord.clone();
    currentRecord[process] = record;
  }

  /** The process has seen a version: from now on it uses that or a later one. */
  void useAtLeast(int process, int version, Version record) {
    if (version > current[process]) {
      setCurrent(process, version, record);
    }
  }

  /** The content of the pages in a segment; -1 if there is none of that name. */
  int pagesOf(Segment name) {
    for (StoredSegment stored : segments) {
      if (stored.name().equals(name)) {
        return stored.pages();
      }
    }
    return -1;
  }

  void store(StoredSegment segment) {
    List<StoredSegment> changed = new ArrayList<>(segments);
    changed.removeIf(s -> s.name().equals(segment.name()));
    changed.add(segment);
    changed.sort(ORDER);
    segments = changed;
  }

  void deleteSegments(Predicate<Segment> which) {
    List<StoredSegment> left = new ArrayList<>(segments);
    left.removeIf(s -> which.test(s.name()));
    segments = left;
  }

  /** The fingerprint of all that matters for what can happen from here. */
  long fingerprint(Fingerprint print) {
    print.reset(head.write());
    print.head(head).add(faultsLeft).add(crashesLeft).add(acknowledged);
    for (int i = 0; i < writers.length; i++) {
      print.add(current[i]);
      writers[i].fingerprint(print);
    }
    for (Collector collector : collectors) {
      collector.fingerprint(print);
    }
    for (Compactor compactor : compactors) {
      compactor.fingerprint(print);
    }
    if (bounds.has(Limit.READS)) {
      currentRecord[0].fingerprint(print);
    }
    reader.fingerprint(print);
    deleter.fingerprint(print);
    print.add(segments.size());
    for (StoredSegment segment : segments) {
      segment.fingerprint(print);
    }
    print.add(inFlight.size());
    for (Put put : inFlight) {
      put.fingerprint(print);
    }
    return print.knownOf(lost).knownOf(buried).knownOf(broken).value();
  }
}
