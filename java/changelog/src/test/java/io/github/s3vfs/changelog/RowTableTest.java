package io.github.s3vfs.changelog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hash table of rows, compared with a map. */
class RowTableTest {
  @Test
  void hasWhatAMapHas() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RowTable table = new RowTable();
    Map<RowTable.Key, Long> map = new HashMap<>();
    for (int step = 0; step < 1_000; step++) {
      RowTable.Key key = new RowTable.Key(((long) random.nextInt(3) << 56) | step, step % 40);
      table.append(key.high(), key.low(), ~(long) step, step, step % 100);
      map.put(key, (long) step);
      assertEquals(map.size(), table.size());
    }
    for (Map.Entry<RowTable.Key, Long> each : map.entrySet()) {
      assertTrue(table.find(each.getKey().high(), each.getKey().low()));
      assertEquals(each.getValue(), table.place());
      assertEquals(each.getValue() % 100, table.generation());
    }
    for (int step = 0; step < 200_000; step++) {
      // Few shards and few slots, so that rows are moved about.
      RowTable.Key key =
          new RowTable.Key(
              ((long) random.nextInt(3) << 56) | random.nextInt(20),
              ((long) random.nextInt(50) << 58) | random.nextInt(20));
      boolean found = table.find(key.high(), key.low());
      assertEquals(map.containsKey(key), found);
      Long place = map.get(key);
      if (place != null) {
        assertEquals(place, table.place());
        assertEquals(~place, table.hash());
      }
      if (found && random.nextInt(5) < 2) {
        table.remove(key.high());
        map.remove(key);
      } else if (found) {
        table.set(~(long) step, step, step % 100);
        map.put(key, (long) step);
      } else if (random.nextInt(5) < 3) {
        if (random.nextBoolean()) {
          table.insert(key.high(), key.low(), ~(long) step, step, step % 100);
        } else {
          table.append(key.high(), key.low(), ~(long) step, step, step % 100);
        }
        map.put(key, (long) step);
      }
    }
    assertEquals(map.size(), table.size());
    Set<RowTable.Key> unseen = new HashSet<>();
    for (int part = 0; part < RowTable.parts(); part++) {
      unseen.addAll(table.unseen(part, 200));
    }
    assertEquals(map.keySet(), unseen);
  }

  @Test
  void whatWasAppendedIsUnseenTooAndIsNotAppendedTwice() {
    RowTable table = new RowTable();
    for (long i = 0; i < 100; i++) {
      table.append(i, i, i, i, (int) i % 2);
    }
    assertEquals(50, table.unseen(0, 1).size());
    table.forgetGenerations();
    assertEquals(100, table.unseen(0, 1).size());
    assertTrue(table.find(7, 7));
    assertThrows(IllegalStateException.class, () -> table.append(8, 8, 8, 8, 1));
  }

  @Test
  void takesAbout60BytesForARow() {
    RowTable table = new RowTable();
    Random random = new Random(1);
    for (int i = 1; i <= 3_000_000; i++) {
      long high = random.nextLong();
      long low = random.nextLong();
      assertTrue(!table.find(high, low));
      table.insert(high, low, i, i, 1);
      if (i % 500_000 == 0) {
        double each = (double) table.bytes() / i;
        assertTrue(each >= 46 && each <= 76, i + " rows: " + each + " bytes each");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, bea58827b2bc7ee7, 013030dd6adb62fd",
    "1, a8edd36004376ffc, 63f02f2bcc73055e",
    "7, c3e0aaf223b98410, 77ab4808c82e2fa6",
    "8, b4dae3d5e1fe12aa, 99c7f935ab164f72",
    "15, 6c52bdb205557ec1, 09017e1eeccd2129",
    "64, 36a54a4bf2de5312, c2666aba59a7c84e"
  })
  void theHashIsSipHash(int length, String first, String second) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    // As the reference implementation's vectors: the key is the bytes 0 to 15.
    SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    assertEquals(Long.parseUnsignedLong(first, 16), hash.hash(bytes, length));
    assertEquals(Long.parseUnsignedLong(second, 16), hash.second());
  }

  @Test
  void numbersHaveWordsOfTheirOwn() {
    SipHash hash = new SipHash(1, 2);
    Set<Long> first = new HashSet<>();
    Set<Long> second = new HashSet<>();
    for (long number = -5_000; number < 5_000; number++) {
      assertTrue(first.add(hash.hash(number)));
      assertTrue(second.add(hash.second()));
    }
  }
}
