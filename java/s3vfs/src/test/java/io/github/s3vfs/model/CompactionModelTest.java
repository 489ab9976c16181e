package io.github.s3vfs.model;

import static io.github.s3vfs.model.Bounds.Limit.CLONES;
import static io.github.s3vfs.model.Bounds.Limit.COLLECTIONS;
import static io.github.s3vfs.model.Bounds.Limit.COMPACTIONS;
import static io.github.s3vfs.model.Bounds.Limit.COMPACTORS;
import static io.github.s3vfs.model.Bounds.Limit.CRASHES;
import static io.github.s3vfs.model.Bounds.Limit.DELETIONS;
import static io.github.s3vfs.model.Bounds.Limit.EARLY_NONCES;
import static io.github.s3vfs.model.Bounds.Limit.FAULTS;
import static io.github.s3vfs.model.Bounds.Limit.NO_DATABASE;
import static io.github.s3vfs.model.Bounds.Limit.PARTIAL_COMPACTIONS;
import static io.github.s3vfs.model.Bounds.Limit.READS;
import static io.github.s3vfs.model.Bounds.Limit.RENEWALS;
import static io.github.s3vfs.model.Bounds.Limit.RETAINED;
import static io.github.s3vfs.model.Bounds.Limit.ROLLBACKS;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing breaks an invariant while pages are moved and segments are collected. */
class CompactionModelTest {

  @ParameterizedTest
  @MethodSource
  void staysSafe(Bounds bounds, int statesAtLeast) {
    ModelTest.assertSafe(Rules.ALL, bounds, statesAtLeast);
  }

  static Stream<Arguments> staysSafe() {
    return Stream.of(
        arguments(
            Bounds.of("compaction", "c")
                .with(FAULTS, 2)
                .with(CRASHES, 1)
                .with(RENEWALS, 1)
                .with(ROLLBACKS, 1)
                .with(COMPACTIONS, 2),
            51_000),
        arguments(
            Bounds.of("compaction and two writers", "co").with(FAULTS, 1).with(COMPACTIONS, 1),
            12_000),
        arguments(
            Bounds.of("compaction and collection", "c")
                .with(FAULTS, 1)
                .with(COMPACTIONS, 1)
                .with(COLLECTIONS, 1),
            22_000),
        arguments(
            Bounds.of("compaction, collection and retention", "c")
                .with(COMPACTIONS, 1)
                .with(PARTIAL_COMPACTIONS, 1)
                .with(COLLECTIONS, 2)
                .with(RETAINED, 2),
            29_000),
        arguments(
            Bounds.of("two compactors and collection", "")
                .with(FAULTS, 1)
                .with(COMPACTIONS, 1)
                .with(COMPACTORS, 2)
                .with(PARTIAL_COMPACTIONS, 1)
                .with(COLLECTIONS, 1),
            23_000),
        arguments(
            Bounds.of("reader, compaction and collection", "o")
                .with(READS, 1)
                .with(COMPACTIONS, 1)
                .with(COLLECTIONS, 2),
            77_000),
        arguments(
            Bounds.of("clone and compaction", "c")
                .with(FAULTS, 1)
                .with(CLONES, 1)
                .with(EARLY_NONCES, 1)
                .with(COMPACTIONS, 1),
            26_000),
        arguments(
            Bounds.of("deletion and compaction", "c")
                .with(FAULTS, 1)
                .with(DELETIONS, 1)
                .with(NO_DATABASE, 1)
                .with(COMPACTIONS, 1),
            600));
  }

  @ParameterizedTest
  @MethodSource
  @Tag("thorough")
  void staysSafeWithinWiderBounds(Bounds bounds, int statesAtLeast) {
    ModelTest.assertSafe(Rules.ALL, bounds, statesAtLeast);
  }

  static Stream<Arguments> staysSafeWithinWiderBounds() {
    return Stream.of(
        arguments(
            Bounds.of("compaction and collection", "co")
                .with(FAULTS, 1)
                .with(COMPACTIONS, 1)
                .with(COLLECTIONS, 1),
            1_300_000),
        arguments(
            Bounds.of("compaction, collection and retention", "co")
                .with(COMPACTIONS, 1)
                .with(COLLECTIONS, 2)
                .with(RETAINED, 2),
            1_100_000),
        arguments(
            Bounds.of("two compactors and collection", "c")
                .with(COMPACTIONS, 1)
                .with(COMPACTORS, 2)
                .with(PARTIAL_COMPACTIONS, 1)
                .with(COLLECTIONS, 1),
            250_000),
        arguments(
            Bounds.of("reader, compaction and collection", "c")
                .with(READS, 1)
                .with(COMPACTIONS, 1)
                .with(PARTIAL_COMPACTIONS, 1)
                .with(COLLECTIONS, 2)
                .with(RETAINED, 2),
            210_000),
        arguments(
            Bounds.of("clone, compaction and collection", "o")
                .with(FAULTS, 1)
                .with(CLONES, 1)
                .with(COMPACTIONS, 1)
                .with(COLLECTIONS, 1),
            1_200_000));
  }
}
