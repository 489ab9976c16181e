package io.github.s3vfs.model;

import static io.github.s3vfs.model.Bounds.Limit.ATTEMPTS;
import static io.github.s3vfs.model.Bounds.Limit.CLONES;
import static io.github.s3vfs.model.Bounds.Limit.COLLECTIONS;
import static io.github.s3vfs.model.Bounds.Limit.COLLECTORS;
import static io.github.s3vfs.model.Bounds.Limit.CRASHES;
import static io.github.s3vfs.model.Bounds.Limit.DELETIONS;
import static io.github.s3vfs.model.Bounds.Limit.DRAWN_AHEAD;
import static io.github.s3vfs.model.Bounds.Limit.EARLY_NONCES;
import static io.github.s3vfs.model.Bounds.Limit.FAULTS;
import static io.github.s3vfs.model.Bounds.Limit.NO_DATABASE;
import static io.github.s3vfs.model.Bounds.Limit.READS;
import static io.github.s3vfs.model.Bounds.Limit.RENEWALS;
import static io.github.s3vfs.model.Bounds.Limit.RETAINED;
import static io.github.s3vfs.model.Bounds.Limit.ROLLBACKS;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing breaks an invariant, whatever happens within the bounds. */
class ModelTest {

  @ParameterizedTest
  @MethodSource
  void staysSafe(Bounds bounds, int statesAtLeast) {
    assertSafe(Rules.ALL, bounds, statesAtLeast);
  }

  static Stream<Arguments> staysSafe() {
    return Stream.of(
        arguments(
            Bounds.of("claims", "cc")
                .with(FAULTS, 2)
                .with(CRASHES, 1)
                .with(RENEWALS, 1)
                .with(ROLLBACKS, 1),
            19_000),
        arguments(
            Bounds.of("more transactions", "cc")
                .with(ATTEMPTS, 2)
                .with(FAULTS, 1)
                .with(CRASHES, 1)
                .with(RENEWALS, 1),
            100_000),
        arguments(
            Bounds.of("one claims and one does not", "co")
                .with(ATTEMPTS, 2)
                .with(FAULTS, 1)
                .with(CRASHES, 1)
                .with(RENEWALS, 1)
                .with(ROLLBACKS, 1),
            150_000),
        arguments(Bounds.of("nobody claims", "oo").with(ATTEMPTS, 2).with(FAULTS, 2), 20_000),
        arguments(Bounds.of("three", "cco").with(FAULTS, 1).with(CRASHES, 1), 28_000),
        arguments(
            Bounds.of("creation", "co")
                .with(NO_DATABASE, 1)
                .with(FAULTS, 2)
                .with(CRASHES, 1)
                .with(RENEWALS, 1),
            11_000),
        arguments(
            Bounds.of("collection", "c")
                .with(FAULTS, 2)
                .with(CRASHES, 1)
                .with(RENEWALS, 1)
                .with(ROLLBACKS, 1)
                .with(COLLECTIONS, 2),
            65_000),
        arguments(
            Bounds.of("collection and retention", "co")
                .with(FAULTS, 1)
                .with(COLLECTIONS, 2)
                .with(RETAINED, 2),
            220_000),
        arguments(
            Bounds.of("reader and collection", "cc")
                .with(FAULTS, 1)
                .with(COLLECTIONS, 1)
                .with(READS, 1),
            175_000),
        arguments(
            Bounds.of("clone", "co")
                .with(FAULTS, 1)
                .with(CRASHES, 1)
                .with(RENEWALS, 1)
                .with(CLONES, 1)
                .with(EARLY_NONCES, 1),
            190_000),
        arguments(
            Bounds.of("clone and collection", "c")
                .with(FAULTS, 1)
                .with(COLLECTIONS, 1)
                .with(CLONES, 1)
                .with(EARLY_NONCES, 1),
            60_000),
        arguments(
            Bounds.of("optimistic clone and collection", "o")
                .with(ATTEMPTS, 2)
                .with(FAULTS, 1)
                .with(COLLECTIONS, 1)
                .with(CLONES, 1)
                .with(EARLY_NONCES, 1),
            370_000),
        arguments(
            Bounds.of("deletion", "co")
                .with(NO_DATABASE, 1)
                .with(FAULTS, 1)
                .with(CRASHES, 1)
                .with(DELETIONS, 1),
            17_000),
        arguments(
            Bounds.of("deletion and collection", "co").with(COLLECTIONS, 1).with(DELETIONS, 1),
            49_000));
  }

  @ParameterizedTest
  @MethodSource
  @Tag("thorough")
  void staysSafeWithinWiderBounds(Bounds bounds, int statesAtLeast) {
    assertSafe(Rules.ALL, bounds, statesAtLeast);
  }

  static Stream<Arguments> staysSafeWithinWiderBounds() {
    return Stream.of(
        arguments(
            Bounds.of("claims", "cc")
                .with(ATTEMPTS, 2)
                .with(FAULTS, 2)
                .with(CRASHES, 1)
                .with(RENEWALS, 1)
                .with(ROLLBACKS, 1),
            1_400_000),
        arguments(Bounds.of("three", "cco").with(FAULTS, 2).with(RENEWALS, 1), 425_000),
        arguments(
            Bounds.of("two collectors", "co")
                .with(FAULTS, 1)
                .with(COLLECTIONS, 1)
                .with(COLLECTORS, 2),
            2_400_000),
        arguments(
            Bounds.of("clone and collection", "co")
                .with(FAULTS, 1)
                .with(COLLECTIONS, 1)
                .with(CLONES, 1)
                .with(EARLY_NONCES, 1),
            2_600_000),
        arguments(
            Bounds.of("deletion and collection", "co")
                .with(FAULTS, 1)
                .with(COLLECTIONS, 1)
                .with(DELETIONS, 1),
            820_000));
  }

  /** Safety does not depend on time: a claim that is broken too early costs a commit, no more. */
  @ParameterizedTest
  @MethodSource
  void staysSafeIfClaimsAreReplacedAtFirstSight(Bounds bounds, int statesAtLeast) {
    assertSafe(Rules.ALL.without(Rule.OBSERVES_TERM), bounds, statesAtLeast);
  }

  static Stream<Arguments> staysSafeIfClaimsAreReplacedAtFirstSight() {
    return Stream.of(
        arguments(
            Bounds.of("claims", "cc")
                .with(ATTEMPTS, 2)
                .with(FAULTS, 1)
                .with(CRASHES, 1)
                .with(RENEWALS, 1),
            98_000),
        arguments(
            Bounds.of("collection", "co").with(FAULTS, 1).with(RENEWALS, 1).with(COLLECTIONS, 1),
            82_000));
  }

  /** If heads are counted, safety does not depend on random numbers either. */
  @ParameterizedTest
  @MethodSource
  void staysSafeWithoutFreshNoncesIfHeadsAreCounted(
      Rule without, Bounds bounds, int statesAtLeast) {
    assertSafe(Rules.ALL.with(Rule.COUNTS_WRITES).without(without), bounds, statesAtLeast);
  }

  static Stream<Arguments> staysSafeWithoutFreshNoncesIfHeadsAreCounted() {
    return Stream.of(
        arguments(
            Rule.FRESH_NONCES,
            Bounds.of("claims", "cc").with(FAULTS, 1).with(CRASHES, 1).with(ROLLBACKS, 1),
            3_000),
        arguments(
            Rule.FRESH_NONCES,
            Bounds.of("collection", "co").with(FAULTS, 1).with(COLLECTIONS, 1),
            39_000),
        arguments(
            Rule.CLONES_DRAW_OTHER_NONCES,
            Bounds.of("clone", "c")
                .with(ATTEMPTS, 2)
                .with(ROLLBACKS, 1)
                .with(CLONES, 1)
                .with(EARLY_NONCES, 1)
                .with(DRAWN_AHEAD, 8),
            29_000),
        arguments(
            Rule.CLONES_DRAW_OTHER_NONCES,
            Bounds.of("clone", "oo")
                .with(FAULTS, 1)
                .with(CLONES, 1)
                .with(EARLY_NONCES, 1)
                .with(DRAWN_AHEAD, 8),
            42_000));
  }

  static void assertSafe(Rules rules, Bounds bounds, int statesAtLeast) {
    Explorer.Result result = Explorer.explore(rules, bounds);
    System.out.printf("%d states, %d steps: %s%n", result.states(), result.transitions(), bounds);
    assertTrue(result.isSafe(), () -> bounds + "\n" + result);
    int transactions = bounds.writers() * bounds.get(ATTEMPTS) + bounds.get(CLONES);
    assertTrue(Integer.bitCount(result.acknowledged()) >= transactions, () -> "commits: " + bounds);
    assertTrue(result.states() >= statesAtLeast, () -> "only " + result.states() + ": " + bounds);
  }
}
