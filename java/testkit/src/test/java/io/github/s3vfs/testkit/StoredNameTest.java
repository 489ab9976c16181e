package io.github.s3vfs.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredNameTest {

  private static final List<String> KEYS =
      List.of(
          "a",
          "a/",
          "a b",
          "a-journal/0",
          "a.b",
          "a/0",
          "a/1/2",
          "a0",
          "./x",
          "../x",
          "b//c",
          "b/c");

  @Test
  void everyKeyComesBack() {
    for (String key : KEYS) {
      assertEquals(key, StoredName.key(StoredName.of(key)));
      assertEquals(StoredName.of(key), StoredName.ofToken(StoredName.token(StoredName.of(key))));
    }
  }

  @Test
  void namesSortAsKeysDo() {
    List<String> byKey = new ArrayList<>(KEYS);
    byKey.remove("../x");
    byKey.sort(Comparator.naturalOrder());
    List<String> byName = new ArrayList<>(byKey);
    byName.sort(Comparator.comparing(StoredName::of));
    assertEquals(byKey, byName);
  }

  @Test
  void theNamesOfAPrefixStartWithItsName() {
    for (String key : KEYS) {
      for (int i = 0; i <= key.length(); i++) {
        String prefix = StoredName.ofPrefix(key.substring(0, i));
        assertEquals(prefix, StoredName.of(key).substring(0, prefix.length()));
      }
    }
  }
}
