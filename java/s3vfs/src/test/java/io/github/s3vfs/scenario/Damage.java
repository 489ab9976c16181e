package io.github.s3vfs.scenario;

import io.github.s3vfs.internal.store.InMemoryObjectStore;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/**
 * Random damage to the objects of one of two databases in the layout {@code snapshot}.
 *
 * @param what names it in messages
 * @param objects the keys of those that are not what they were, and those that they lead astray
 */
record Damage(String what, Set<String> objects) {

  /**
   * Damages a database.
   *
   * @param key of the database
   * @param other key of another database
   * @param oldHead what the head was once
   */
  static Damage in(
      InMemoryObjectStore store, String key, String other, byte[] oldHead, Random random) {
    String head = key + "/head";
    List<String> segments = store.keys(key + "/s/");
    String segment = any(segments, random);
    String object = random.nextInt(4) == 0 ? head : segment;
    byte[] bytes = bytes(store, object);
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        return stored(store, "a flipped bit in byte " + at, object, bytes);
      }
      case 4 -> {
        return stored(store, "cut to " + at + " bytes", object, Arrays.copyOf(bytes, at));
      }
      case 5 -> {
        byte[] noise = new byte[1 + random.nextInt(Math.min(200, bytes.length - at))];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, at, noise.length);
        return stored(store, noise.length + " random bytes at " + at, object, bytes);
      }
      case 6 -> {
        String second =
            any(segments.stream().filter(each -> !each.equals(segment)).toList(), random);
        byte[] its = bytes(store, second);
        store.poke(second, bytes(store, segment));
        store.poke(segment, its);
        return new Damage("exchanged: " + segment + ", " + second, Set.of(segment, second));
      }
      case 7 -> {
        String from = any(store.keys(other + "/s/"), random);
        return stored(store, "bytes of " + from, segment, bytes(store, from));
      }
      case 8 -> {
        byte[] now = bytes(store, head);
        boolean begins = random.nextBoolean();
        byte[] first = begins ? oldHead : now;
        byte[] rest = begins ? now : oldHead;
        int until = random.nextInt(Math.min(first.length, rest.length));
        byte[] mixed = rest.clone();
        System.arraycopy(first, 0, mixed, 0, until);
        return Arrays.equals(mixed, oldHead)
            ? in(store, key, other, oldHead, random)
            : stored(store, "mixed with an old one, up to " + until, head, mixed);
      }
      default -> {
        store.poke(head, bytes(store, other + "/head"));
        return new Damage("the head of " + other, Set.of("/" + key));
      }
    }
  }

  private static Damage stored(
      InMemoryObjectStore store, String what, String object, byte[] bytes) {
    store.poke(object, bytes);
    return new Damage(object + ": " + what, Set.of(object));
  }

  private static byte[] bytes(InMemoryObjectStore store, String key) {
    return Objects.requireNonNull(store.peek(key), key);
  }

  private static String any(List<String> keys, Random random) {
    return keys.get(random.nextInt(keys.size()));
  }

  /** Whether a message names one of the objects. */
  boolean isNamedBy(String message) {
    return objects.stream().anyMatch(message::contains);
  }
}
