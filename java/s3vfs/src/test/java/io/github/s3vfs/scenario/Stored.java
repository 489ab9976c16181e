package io.github.s3vfs.scenario;

import io.github.s3vfs.Layout;
import io.github.s3vfs.testkit.BucketObjects;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The objects of databases in a bucket, without those that say who may write and stay for ever:
 * leases, and in snapshots the heads.
 */
public final class Stored {
  private Stored() {}

  /** The object without which there is no database. */
  public static String first(Layout layout, String key) {
    return key + (layout == Layout.BLOCKS ? "/0000000000" : "/head");
  }

  public static List<String> keys(BucketObjects objects) {
    return objects.keys().stream().filter(key -> !key.endsWith("-lease")).toList();
  }

  public static List<String> keys(BucketObjects objects, String prefix) {
    return keys(objects).stream().filter(key -> key.startsWith(prefix)).toList();
  }

  public static Map<String, byte[]> snapshot(BucketObjects objects) {
    Map<String, byte[]> all = new TreeMap<>(objects.snapshot());
    all.keySet().removeIf(key -> key.endsWith("-lease") || key.endsWith("/head"));
    return all;
  }
}
