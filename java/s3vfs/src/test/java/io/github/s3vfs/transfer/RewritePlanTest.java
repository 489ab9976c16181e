package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.transfer.RewritePlan.Copy;
import io.github.s3vfs.transfer.RewritePlan.Piece;
import io.github.s3vfs.transfer.RewritePlan.Source;
import io.github.s3vfs.transfer.RewritePlan.Step;
import io.github.s3vfs.transfer.RewritePlan.Upload;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What S3 demands of the parts of an object, and that nothing is left out or comes twice. */
class RewritePlanTest {
  private static final long MIB = 1 << 20;
  private static final long LEAST = 5 * MIB;
  private static final long PART = 256 * MIB;

  private static RewritePlan plan(long header, long... sizes) {
    return RewritePlan.of(
        header, LongStream.of(sizes).mapToObj(size -> new Source(0, size)).toList(), LEAST, PART);
  }

  /** Every byte once and in order, and each part within the limits of S3. */
  private static void assertPossible(RewritePlan plan, long header, List<Source> sources) {
    List<Source> left = new ArrayList<>(sources);
    boolean headerSent = header == 0;
    long total = 0;
    for (int i = 0; i < plan.steps().size(); i++) {
      Step step = plan.steps().get(i);
      boolean last = i == plan.steps().size() - 1;
      assertTrue(step.length() >= (last ? 1 : LEAST), () -> "too short: " + step);
      assertTrue(step.length() <= PartSizes.MAX_PART, () -> "too long: " + step);
      List<Piece> pieces =
          step instanceof Upload upload ? upload.pieces() : List.of(((Copy) step).piece());
      if (step instanceof Upload upload) {
        assertEquals(!headerSent, upload.header());
        headerSent = true;
        long bytes = pieces.stream().mapToLong(piece -> piece.range().length()).sum();
        assertEquals(step.length(), bytes + (upload.header() ? header : 0));
        assertTrue(bytes < 2 * LEAST, () -> "much is sent that could be copied: " + step);
      }
      for (Piece piece : pieces) {
        Source source = left.get(piece.source());
        assertEquals(source.from(), piece.range().offset());
        left.set(piece.source(), new Source(source.from() + piece.range().length(), source.to()));
      }
      total += step.length();
    }
    assertTrue(headerSent);
    assertTrue(left.stream().allMatch(source -> source.length() == 0), left::toString);
    assertTrue(plan.steps().size() <= PartSizes.MAX_PARTS);
    assertEquals(header + sources.stream().mapToLong(Source::length).sum(), total);
    assertEquals(plan.total(), total);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        LEAST - 1,
        LEAST,
        LEAST + 1,
        2 * LEAST - 1,
        2 * LEAST,
        7 * PART,
        7 * PART + 1,
        10_000 * LEAST + 1,
        48L << 40,
        PartSizes.MAX_OBJECT - PartSizes.MAX_PART
      })
  void everySizeIsPossible(long size) {
    for (long header : new long[] {0, 1, 10}) {
      List<Source> sources = List.of(new Source(0, size));
      assertPossible(RewritePlan.of(header, sources, LEAST, PART), header, sources);
      assertPossible(RewritePlan.of(header, sources, LEAST, LEAST), header, sources);
    }
  }

  @Test
  void onlyTheHeaderAndTheFirstFiveMebibytesAreSent() {
    RewritePlan plan = plan(7, 1L << 30);
    assertEquals(
        new Upload(true, LEAST, List.of(new Piece(0, range(0, LEAST - 7)))), plan.steps().get(0));
    assertTrue(plan.steps().stream().skip(1).allMatch(Copy.class::isInstance));
    assertEquals((1L << 30) - (LEAST - 7), plan.copied());
  }

  private static io.github.s3vfs.internal.store.ByteRange range(long offset, long length) {
    return new io.github.s3vfs.internal.store.ByteRange(offset, length);
  }

  @Test
  void anObjectWithoutAHeaderIsOnlyCopied() {
    assertEquals(3 * PART, plan(0, 3 * PART).copied());
    assertEquals(10, plan(0, 10).copied());
  }

  @Test
  void whatIsTooShortToBeCopiedIsSentWithItsNeighbours() {
    RewritePlan plan = plan(3, 10, 10, 10);
    assertEquals(List.of(33L), plan.steps().stream().map(Step::length).toList());
    assertEquals(0, plan.copied());
  }

  @Test
  void nothingAtAllHasNoParts() {
    assertEquals(List.of(), plan(0, 0, 0).steps());
  }

  @Test
  void anObjectThatIsTooLargeIsRefused() throws Exception {
    Failure.of(() -> plan(1, PartSizes.MAX_OBJECT)).is(ErrorKind.INVALID).names("5 GiB");
    Failure.of(() -> plan(1, LongStream.generate(() -> LEAST).limit(10_002).toArray()))
        .is(ErrorKind.INVALID)
        .names("10000", "parts");
  }

  @Test
  void anyObjectsCanBePutTogether() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int run = 0; run < 2_000; run++) {
      List<Source> sources =
          Stream.generate(() -> source(random)).limit(1 + random.nextInt(12)).toList();
      long header = random.nextInt(4) == 0 ? 0 : size(random) % (7 * MIB);
      long wished = LEAST + (random.nextBoolean() ? 0 : size(random) % PART);
      try {
        assertPossible(RewritePlan.of(header, sources, LEAST, wished), header, sources);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", header " + header + ", " + sources, e);
      }
    }
  }

  private static Source source(Random random) {
    long from = random.nextInt(5);
    return new Source(from, from + size(random));
  }

  private static long size(Random random) {
    long near = (1L + random.nextInt(3)) * LEAST + random.nextInt(5) - 2;
    return switch (random.nextInt(5)) {
      case 0 -> 0;
      case 1 -> random.nextInt(100);
      case 2 -> near;
      case 3 -> random.nextLong(3 * LEAST);
      default -> random.nextLong(1L << 36);
    };
  }

  @Test
  void partsOfAnUploadGrowSoThatTheyAreFewEnough() {
    assertEquals(8 * MIB, PartSizes.ofTotal(1L << 30, 8 * MIB));
    long large = PartSizes.ofTotal(10_000 * LEAST + 1, LEAST);
    assertTrue(large > LEAST && large * 10_000 >= 10_000 * LEAST + 1);
    assertEquals(PartSizes.MAX_PART, PartSizes.ofTotal(PartSizes.MAX_OBJECT, LEAST));
    assertEquals(8 * MIB, PartSizes.buffered(5_000, 8 * MIB));
    assertEquals(16 * MIB, PartSizes.buffered(5_001, 8 * MIB));
    assertEquals(PartSizes.MAX_BUFFERED, PartSizes.buffered(10_000, 8 * MIB));
    long all =
        LongStream.rangeClosed(1, 10_000).map(n -> PartSizes.buffered((int) n, 8 * MIB)).sum();
    assertTrue(all > 2L << 40, () -> "only " + all + " bytes");
  }
}
