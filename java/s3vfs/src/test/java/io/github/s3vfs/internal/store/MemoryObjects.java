package io.github.s3vfs.internal.store;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an {@link InMemoryObjectStore} holds, and what requests do to it. Thread-safe. */
final class MemoryObjects {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Stored(byte[] body, String etag, Instant modified) {}

  private final String bucket;
  private final TreeMap<String, Stored> objects = new TreeMap<>();
  private InstantSource clock = InstantSource.system();
  private boolean uniqueEtags;
  private boolean bucketDropped;
  private long writes;

  MemoryObjects(String bucket) {
    this.bucket = bucket;
  }

  synchronized MemoryObjects copy() {
    MemoryObjects copy = new MemoryObjects(bucket);
    copy.objects.putAll(objects);
    copy.clock = clock;
    copy.uniqueEtags = uniqueEtags;
    copy.bucketDropped = bucketDropped;
    copy.writes = writes;
    return copy;
  }

  synchronized void replaceAll(MemoryObjects other) {
    objects.clear();
    objects.putAll(other.objects);
  }

  synchronized void uniqueEtags() {
    uniqueEtags = true;
  }

  synchronized void clock(InstantSource source) {
    clock = source;
  }

  synchronized void dropBucket() {
    objects.clear();
    bucketDropped = true;
  }

  synchronized byte @Nullable [] peek(String key) {
    Stored stored = objects.get(key);
    return stored == null ? null : stored.body().clone();
  }

  synchronized void poke(String key, byte[] body) {
    objects.put(key, stored(body.clone()));
  }

  synchronized List<String> keys() {
    return List.copyOf(objects.keySet());
  }

  synchronized Fetched read(String key, @Nullable ByteRange range, Condition condition) {
    checkBucket("GET", key);
    Instant date = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Stored stored = objects.get(key);
    boolean same = stored != null && stored.etag().equals(condition.etag());
    if (condition.kind() == Condition.Kind.IF_MATCH && !same) {
      throw conflict("GET", key);
    }
    if (stored == null) {
      return Fetched.missing(date);
    }
    if (condition.kind() == Condition.Kind.IF_NONE_MATCH && same) {
      return Fetched.notModified(stored.etag(), date);
    }
    int size = stored.body().length;
    int from = range == null ? 0 : (int) Math.min(range.offset(), size);
    int to = range == null ? size : (int) Math.min(range.offset() + range.length(), size);
    byte[] part = Arrays.copyOfRange(stored.body(), from, to);
    return new Fetched(Fetched.Status.FOUND, part, stored.etag(), size, date, stored.modified());
  }

  synchronized String write(String key, byte[] body, Condition condition) {
    checkBucket("PUT", key);
    Stored before = objects.get(key);
    boolean holds =
        switch (condition.kind()) {
          case IF_ABSENT -> before == null;
          case IF_MATCH -> before != null && before.etag().equals(condition.etag());
          default -> true;
        };
    if (!holds) {
      throw conflict("PUT", key);
    }
    Stored after = stored(body);
    objects.put(key, after);
    return after.etag();
  }

  synchronized @Nullable Void remove(Collection<String> keys) {
    keys.stream().limit(1).forEach(key -> checkBucket("DELETE", key));
    keys.forEach(objects::remove);
    return null;
  }

  synchronized List<Listed> list(String prefix) {
    checkBucket("LIST", prefix);
    return objects.tailMap(prefix).entrySet().stream()
        .takeWhile(e -> e.getKey().startsWith(prefix))
        .map(e -> new Listed(e.getKey(), e.getValue().body().length, e.getValue().etag()))
        .toList();
  }

  List<String> listPrefixes(String prefix) {
    TreeSet<String> prefixes = new TreeSet<>();
    for (Listed object : list(prefix)) {
      int end = object.key().indexOf('/', prefix.length());
      if (end >= 0) {
        prefixes.add(object.key().substring(0, end + 1));
      }
    }
    return List.copyOf(prefixes);
  }

  String at(String key) {
    return "s3://" + bucket + "/" + key;
  }

  private void checkBucket(String verb, String key) {
    if (bucketDropped) {
      throw new S3VfsException(
          ErrorKind.NOT_FOUND, verb + " " + at(key) + ": 404 NoSuchBucket: no bucket " + bucket);
    }
  }

  private Stored stored(byte[] body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(body);
      writes++;
      if (uniqueEtags) {
        digest.update(Long.toString(writes).getBytes(StandardCharsets.US_ASCII));
      }
      String etag = '"' + HexFormat.of().formatHex(digest.digest(), 0, 10) + '"';
      return new Stored(body, etag, clock.instant().truncatedTo(ChronoUnit.SECONDS));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private S3VfsException conflict(String verb, String key) {
    return new S3VfsException(
        ErrorKind.CONFLICT, verb + " " + at(key) + ": 412 PreconditionFailed");
  }
}
