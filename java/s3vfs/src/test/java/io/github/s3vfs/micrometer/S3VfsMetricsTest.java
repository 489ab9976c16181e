package io.github.s3vfs.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.ChildJvm;
import io.github.s3vfs.scenario.RunSql;
import io.github.s3vfs.scenario.Sql;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Micrometer is told what the statistics are, and is not needed. */
class S3VfsMetricsTest {
  private final Bucket bucket = Bucket.open();
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final S3VfsMetrics metrics = new S3VfsMetrics(bucket.vfs(), Tags.of("app", "shop"));

  @AfterEach
  void close() {
    bucket.close();
  }

  private void work() throws Exception {
    try (Connection c = bucket.connect("db")) {
      Sql.execute(c, "CREATE TABLE t(v)", "INSERT INTO t VALUES (hex(zeroblob(9000)))");
    }
    try (Connection c = bucket.connect("db", "cache_size=0")) {
      assertEquals("18000", Sql.value(c, "SELECT length(v) FROM t"));
    }
    bucket.databases().delete(Bucket.location("db"));
    bucket.databases().list(Bucket.NAME, "");
    while (bucket.vfs().stats().inFlight() > 0) {
      Thread.sleep(1);
    }
  }

  private long value(String name, String... tags) {
    Tags all = Tags.of(tags).and("vfs", bucket.vfs().name()).and("app", "shop");
    Meter meter = registry.get(name).tags(all).meter();
    assertEquals(all, Tags.of(meter.getId().getTags()), name);
    return (long) meter.measure().iterator().next().getValue();
  }

  @Test
  void theMetersAreTheStatistics() throws Exception {
    metrics.bindTo(registry);
    work();
    S3VfsStats stats = bucket.vfs().stats();
    assertTrue(stats.gets() > 0 && stats.puts() > 0 && stats.deletes() > 0, stats::toString);
    assertTrue(stats.lists() > 0 && stats.cacheHits() > 0, stats::toString);
    assertEquals(stats.gets(), value("s3vfs.requests", "operation", "get"));
    assertEquals(stats.puts(), value("s3vfs.requests", "operation", "put"));
    assertEquals(stats.deletes(), value("s3vfs.requests", "operation", "delete"));
    assertEquals(stats.lists(), value("s3vfs.requests", "operation", "list"));
    assertEquals(0, value("s3vfs.requests.active"));
    assertEquals(stats.failures(), value("s3vfs.requests.failed"));
    assertEquals(stats.conflicts(), value("s3vfs.requests.conflicts"));
    assertEquals(stats.resent(), value("s3vfs.requests.resent"));
    assertEquals(stats.bytesReceived(), value("s3vfs.bytes", "direction", "received"));
    assertEquals(stats.bytesSent(), value("s3vfs.bytes", "direction", "sent"));
    assertEquals(stats.cacheHits(), value("s3vfs.cache.gets", "result", "hit"));
    assertEquals(stats.cacheMisses(), value("s3vfs.cache.gets", "result", "miss"));
    assertEquals(stats.cacheBytes(), value("s3vfs.cache.size"));
    assertEquals(256 << 20, value("s3vfs.cache.max"));
    assertEquals(stats.prefetched(), value("s3vfs.prefetched"));
    assertEquals(stats.prefetchedUsed(), value("s3vfs.prefetched.used"));
    assertEquals(stats.prefetchedWasted(), value("s3vfs.prefetched.wasted"));
    assertEquals(stats.diskHits(), value("s3vfs.disk.gets", "result", "hit"));
    assertEquals(stats.diskMisses(), value("s3vfs.disk.gets", "result", "miss"));
    assertEquals(stats.diskBytes(), value("s3vfs.disk.size"));
    assertEquals(stats.commits(), value("s3vfs.commits"));
    assertEquals(stats.refusals(), value("s3vfs.refusals"));
    assertEquals(stats.upcalls(), value("s3vfs.upcalls"));
    FunctionTimer duration = registry.get("s3vfs.requests.duration").functionTimer();
    assertEquals(stats.requests(), (long) duration.count());
    assertEquals(stats.requestTime().toMillis(), (long) duration.totalTime(TimeUnit.MILLISECONDS));
  }

  @Test
  void twoOfOneRegistryAreToldApartAndTakenOutOneByOne() {
    try (var other = Bucket.vfs(bucket.server(), b -> b);
        S3VfsMetrics second = new S3VfsMetrics(other)) {
      metrics.bindTo(registry);
      int each = registry.getMeters().size();
      second.bindTo(registry);
      assertEquals(2 * each, registry.getMeters().size());
      metrics.close();
      assertEquals(Set.of(other.name()), vfses());
      assertEquals(each, registry.getMeters().size());
      metrics.close();
      assertEquals(each, registry.getMeters().size());
    }
    assertEquals(Set.of(), vfses());
  }

  private Set<String> vfses() {
    Set<String> names = new TreeSet<>();
    registry.getMeters().forEach(meter -> names.add(meter.getId().getTag("vfs")));
    return names;
  }

  @Test
  void withoutMicrometerTheLibraryWorks(@TempDir Path directory) throws Exception {
    ChildJvm child =
        ChildJvm.sameClassPath()
            .option("-Daws.accessKeyId=" + bucket.server().accessKeyId())
            .option("-Daws.secretAccessKey=" + bucket.server().secretAccessKey());
    assertTrue(child.without(entry -> entry.contains("micrometer")).size() >= 2);
    String url =
        "jdbc:sqlite:file:/bucket/without?vfs=s3&path_style=true&region=us-east-1&endpoint="
            + bucket.server().endpoint();
    ChildJvm.Result result = child.run(directory, RunSql.class, url);
    assertEquals("1", result.line("rows="), result.output());
  }
}
