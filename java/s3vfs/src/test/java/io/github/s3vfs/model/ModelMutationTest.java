package io.github.s3vfs.model;

import static io.github.s3vfs.model.Bounds.Limit.ATTEMPTS;
import static io.github.s3vfs.model.Bounds.Limit.CLONES;
import static io.github.s3vfs.model.Bounds.Limit.COLLECTIONS;
import static io.github.s3vfs.model.Bounds.Limit.COMPACTIONS;
import static io.github.s3vfs.model.Bounds.Limit.COMPACTORS;
import static io.github.s3vfs.model.Bounds.Limit.DELETIONS;
import static io.github.s3vfs.model.Bounds.Limit.DRAWN_AHEAD;
import static io.github.s3vfs.model.Bounds.Limit.EARLY_NONCES;
import static io.github.s3vfs.model.Bounds.Limit.FAULTS;
import static io.github.s3vfs.model.Bounds.Limit.NO_DATABASE;
import static io.github.s3vfs.model.Bounds.Limit.ONE_PAGE;
import static io.github.s3vfs.model.Bounds.Limit.PARTIAL_COMPACTIONS;
import static io.github.s3vfs.model.Bounds.Limit.READS;
import static io.github.s3vfs.model.Bounds.Limit.RENEWALS;
import static io.github.s3vfs.model.Bounds.Limit.RETAINED;
import static io.github.s3vfs.model.Bounds.Limit.ROLLBACKS;
import static io.github.s3vfs.model.Invariant.CLAIM_PROTECTS;
import static io.github.s3vfs.model.Invariant.DURABLE;
import static io.github.s3vfs.model.Invariant.FORWARD;
import static io.github.s3vfs.model.Invariant.LINEAR;
import static io.github.s3vfs.model.Invariant.LOST_FOR_GOOD;
import static io.github.s3vfs.model.Invariant.NO_HEAD_COMES_BACK;
import static io.github.s3vfs.model.Invariant.PROGRESS;
import static io.github.s3vfs.model.Invariant.READABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule is needed: without it, and with all the others, an invariant is broken. */
class ModelMutationTest {

  @ParameterizedTest
  @MethodSource
  void breaksWithout(Rule rule, Invariant invariant, Bounds bounds) {
    Set<Invariant> watched = EnumSet.of(invariant);
    assertTrue(Explorer.explore(Rules.ALL, bounds, watched).isSafe(), () -> "all rules: " + bounds);

    Explorer.Result result = Explorer.explore(Rules.ALL.without(rule), bounds, watched);
    System.out.printf("%nwithout %s%s:%n%s%n", rule, bounds, result);
    assertFalse(result.isSafe(), () -> "without " + rule + ": " + bounds);
  }

  static Stream<Arguments> breaksWithout() {
    Bounds claims = Bounds.of("", "cc").with(FAULTS, 1).with(RENEWALS, 1);
    Bounds both = Bounds.of("", "co").with(FAULTS, 1).with(ROLLBACKS, 1);
    Bounds optimistic = Bounds.of("", "oo").with(FAULTS, 1);
    Bounds collection = Bounds.of("", "co").with(FAULTS, 1).with(COLLECTIONS, 1);
    Bounds retention =
        Bounds.of("", "c").with(COMPACTIONS, 1).with(COLLECTIONS, 2).with(RETAINED, 2);
    Bounds compaction = Bounds.of("", "c").with(FAULTS, 1).with(COMPACTIONS, 1);
    Bounds compactors =
        Bounds.of("", "")
            .with(COMPACTIONS, 1)
            .with(COMPACTORS, 2)
            .with(PARTIAL_COMPACTIONS, 1)
            .with(COLLECTIONS, 1);
    Bounds reader =
        Bounds.of("", "o")
            .with(COMPACTIONS, 1)
            .with(PARTIAL_COMPACTIONS, 1)
            .with(COLLECTIONS, 2)
            .with(READS, 1);
    Bounds clone = Bounds.of("", "c").with(FAULTS, 1).with(CLONES, 1).with(EARLY_NONCES, 1);
    Bounds deletion = Bounds.of("", "co").with(FAULTS, 1).with(DELETIONS, 1).with(NO_DATABASE, 1);
    Bounds drawnAhead = clone.with(ATTEMPTS, 2).with(ROLLBACKS, 1).with(DRAWN_AHEAD, 8);
    return Stream.of(
        arguments(Rule.FRESH_NONCES, NO_HEAD_COMES_BACK, both),
        arguments(Rule.FRESH_NONCES, LOST_FOR_GOOD, both),
        arguments(Rule.SAME_BASE, LINEAR, both),
        arguments(Rule.CONDITIONAL_PUBLISH, DURABLE, claims),
        arguments(Rule.CONDITIONAL_PUBLISH, LINEAR, claims),
        arguments(Rule.FENCE, LOST_FOR_GOOD, claims),
        arguments(Rule.FENCE, LOST_FOR_GOOD, optimistic),
        arguments(Rule.LOOKS_INTO_PAST, LOST_FOR_GOOD, optimistic),
        arguments(Rule.SETTLES_BY_RECORD, LOST_FOR_GOOD, compaction),
        arguments(Rule.SETTLES_BY_EPOCH, DURABLE, clone.with(COLLECTIONS, 1)),
        arguments(
            Rule.RECORDS_MAY_BE_GONE,
            LOST_FOR_GOOD,
            optimistic.with(COLLECTIONS, 1).with(ONE_PAGE, 1)),
        arguments(Rule.RECORDS_MADE_ANEW, READABLE, retention),
        arguments(Rule.DEAD_CLAIMS_ARE_REPLACED, PROGRESS, claims),
        arguments(Rule.OPTIMISTIC_REPLACE_TOO, PROGRESS, both),
        arguments(Rule.OPTIMISTIC_HONOUR_CLAIMS, CLAIM_PROTECTS, both),
        arguments(Rule.SETTLES_RENEWALS, CLAIM_PROTECTS, claims),
        arguments(Rule.GOES_ON_IF_STILL_CLAIMED, CLAIM_PROTECTS, collection),
        arguments(Rule.RAISES_FLOOR, READABLE, collection),
        arguments(Rule.OLDEST_IN_HEAD, READABLE, collection),
        arguments(Rule.OLDEST_GOES_FORWARD, READABLE, retention),
        arguments(Rule.SETTLES_FLOOR, READABLE, collection),
        arguments(
            Rule.COLLECTOR_LISTS_FIRST, READABLE, collection.with(FAULTS, 0).with(DELETIONS, 1)),
        arguments(Rule.KEEPS_RETAINED, READABLE, retention),
        arguments(Rule.KEEPS_WHAT_IS_NEWER, READABLE, retention),
        arguments(Rule.BOUND_BY_COMMIT, READABLE, retention.with(PARTIAL_COMPACTIONS, 2)),
        arguments(Rule.COMPACTION_KEEPS_CLAIM, CLAIM_PROTECTS, compaction),
        arguments(Rule.COMPACTION_KEEPS_COMMIT, LOST_FOR_GOOD, compaction),
        arguments(Rule.COMPACTS_WHAT_IS_UNCHANGED, READABLE, compaction),
        arguments(Rule.COMPACTION_LEAVES_ITS_SEGMENTS, READABLE, compaction),
        arguments(Rule.COMPACTION_HONOURS_FLOOR, READABLE, compactors),
        arguments(Rule.READER_LOOKS_FOR_NEWER_RECORD, READABLE, reader.with(COLLECTIONS, 1)),
        arguments(Rule.READER_LOOKS_AGAIN, READABLE, reader),
        arguments(Rule.HONOURS_FLOOR, READABLE, collection),
        arguments(Rule.STORES_AGAIN, READABLE, collection),
        arguments(Rule.SEGMENTS_FIRST, READABLE, claims),
        arguments(Rule.SEGMENTS_NEVER_OVERWRITTEN, READABLE, clone),
        arguments(Rule.NAMES_ANEW_IF_EXISTS, READABLE, clone),
        arguments(Rule.FORWARD_ONLY, FORWARD, Bounds.of("", "c").with(READS, 2)),
        arguments(Rule.CLONES_DRAW_OTHER_NONCES, NO_HEAD_COMES_BACK, drawnAhead),
        arguments(
            Rule.NONCE_AFTER_CONTENT,
            DURABLE,
            Bounds.of("", "o").with(CLONES, 1).with(COMPACTIONS, 1).with(COLLECTIONS, 1)),
        arguments(Rule.UUID_DECIDES, LOST_FOR_GOOD, deletion),
        arguments(Rule.CREATES_BY_CLAIM, LOST_FOR_GOOD, deletion),
        arguments(Rule.CREATES_ONCE, READABLE, deletion),
        arguments(Rule.DELETER_LISTS_FIRST, READABLE, deletion));
  }

  @Test
  void everyRuleIsTried() {
    Set<Rule> tried = breaksWithout().map(a -> (Rule) a.get()[0]).collect(Collectors.toSet());
    // One is not needed for safety (see ModelTest), the other is not in the format.
    Set<Rule> others = EnumSet.of(Rule.OBSERVES_TERM, Rule.COUNTS_WRITES);
    others.addAll(tried);
    assertEquals(EnumSet.allOf(Rule.class), others);
    assertFalse(tried.contains(Rule.OBSERVES_TERM));
  }
}
