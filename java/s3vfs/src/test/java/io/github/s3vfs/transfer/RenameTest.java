package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.InterruptAt;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.FaultRule;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A database gets another name. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class RenameTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final S3Location OLD = Bucket.location("old");
  private static final S3Location NEW = Bucket.location("below/new");
  private static Bucket bucket;
  private static BucketObjects objects;

  @TempDir Path directory;

  private byte[] file = new byte[0];

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    bucket = Bucket.open(b -> b.layout(layout).retries(1).requestTimeout(Duration.ofSeconds(4)));
    objects = bucket.server().objects(Bucket.NAME);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  @BeforeEach
  void store() throws Exception {
    objects.keys().forEach(objects::delete);
    file = LocalDatabase.of(directory, 4096, 200, "old");
    bucket.databases().deserialize(OLD, new ByteArrayInputStream(file));
  }

  @AfterEach
  void mend() {
    bucket.server().faults().clear();
  }

  private static List<S3Location> found() {
    return bucket.databases().list(Bucket.NAME, "");
  }

  @Test
  void aDatabaseIsAtItsNewNameAndNothingIsAtTheOldOne() throws Exception {
    try (Connection open = bucket.connect("old")) {
      assertEquals(List.of("old"), LocalDatabase.values(open));
      bucket.databases().rename(OLD, NEW);
      Failure.ofSql(() -> Sql.rows(open, "SELECT * FROM t")).names("no such table");
    }
    assertEquals(List.of(NEW), found());
    assertEquals(List.of(), Stored.keys(objects, "old"));
    assertArrayEquals(file, bucket.serialize("below/new"));
    bucket.databases().rename(NEW, OLD);
    assertEquals(List.of(OLD), found());
    try (Connection connection = bucket.connect("old")) {
      Sql.execute(connection, "UPDATE t SET v = 'written'");
      assertEquals(List.of("written"), LocalDatabase.values(connection));
    }
  }

  @Test
  void anyLayoutGetsTheOneOfNewDatabases() throws Exception {
    for (Layout each : Layout.values()) {
      try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b.layout(each))) {
        S3Databases.of(vfs).rename(OLD, NEW);
        assertTrue(objects.contains(Stored.first(each, "below/new")));
        assertArrayEquals(file, bucket.serialize("below/new"));
        S3Databases.of(vfs).rename(NEW, OLD);
      }
    }
    assertEquals(List.of(OLD), found());
  }

  @Test
  void whatCannotBeIsRefusedAndChangesNothing() throws Exception {
    byte[] other = LocalDatabase.of(directory, 4096, 10, "other");
    bucket.databases().deserialize(NEW, new ByteArrayInputStream(other));
    Failure.of(() -> bucket.databases().rename(OLD, NEW))
        .is(ErrorKind.CONFLICT)
        .names("there is a database", NEW.toString());
    Failure.of(() -> bucket.databases().rename(OLD, OLD)).is(ErrorKind.INVALID);
    Failure.of(() -> bucket.databases().rename(Bucket.location("none"), Bucket.location("x")))
        .is(ErrorKind.NOT_FOUND)
        .names("s3://bucket/none");
    try (Connection writer = bucket.connect("old")) {
      Sql.execute(writer, "BEGIN IMMEDIATE");
      Failure.of(() -> bucket.databases().rename(OLD, Bucket.location("x"))).is(ErrorKind.BUSY);
    }
    assertEquals(List.of(NEW, OLD), found());
    assertArrayEquals(file, bucket.serialize("old"));
    assertArrayEquals(other, bucket.serialize("below/new"));
  }

  @Tag("embedded")
  @Test
  void nobodyWritesToTheOldOneBetweenTheCopyAndTheDeletion() throws Exception {
    FaultRule slow =
        bucket
            .server()
            .faults()
            .add(
                RequestMatch.of(S3Operation.PUT_OBJECT)
                    .key(Stored.first(layout, "below/new"))
                    .nth(layout == Layout.BLOCKS ? 1 : 4),
                Fault.delay(Duration.ofSeconds(2)));
    try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b.layout(layout));
        Connection other = DriverManager.getConnection(Bucket.url(vfs, "old", "busy_timeout=0"))) {
      CompletableFuture<Void> renaming =
          CompletableFuture.runAsync(() -> bucket.databases().rename(OLD, NEW));
      while (slow.fired() == 0 && !renaming.isDone()) {
        Thread.sleep(5);
      }
      Failure.ofSql(() -> Sql.execute(other, "UPDATE t SET v = 'lost'")).names("BUSY");
      renaming.get(30, TimeUnit.SECONDS);
      Failure.ofSql(() -> Sql.rows(other, "SELECT * FROM t")).names("no such table");
    }
    assertEquals(List.of(NEW), found());
    assertArrayEquals(file, bucket.serialize("below/new"));
  }

  @Tag("embedded")
  @Test
  void aFailureBehindTheCopyLeavesBoth() throws Exception {
    RequestMatch behind =
        layout == Layout.BLOCKS
            ? RequestMatch.of(S3Operation.DELETE_OBJECT).keyPrefix("old/")
            : RequestMatch.of(S3Operation.PUT_OBJECT).key("old/head").from(2);
    bucket.server().faults().add(behind, Fault.slowDown());
    Failure.of(() -> bucket.databases().rename(OLD, NEW)).is(ErrorKind.UNAVAILABLE);
    bucket.server().faults().clear();
    assertEquals(List.of(NEW, OLD), found());
    try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b.layout(layout))) {
      for (S3Location each : List.of(NEW, OLD)) {
        try (SerializedDatabase serialized = S3Databases.of(vfs).serialize(each)) {
          assertArrayEquals(file, serialized.inputStream().readAllBytes());
        }
      }
    }
  }

  @Tag("embedded")
  @Test
  void anInterruptDuringTheCopyLeavesTheOldOneAndItCanBeWrittenTo() throws Exception {
    S3Location target = Bucket.location("interrupted");
    FaultRule slow =
        bucket
            .server()
            .faults()
            .add(
                RequestMatch.of(S3Operation.PUT_OBJECT)
                    .key(Stored.first(layout, target.key()))
                    .nth(1),
                Fault.delay(Duration.ofMillis(700)));
    try (InterruptAt interrupt = new InterruptAt(slow)) {
      Failure failure = Failure.of(() -> bucket.databases().rename(OLD, target));
      interrupt.assertNoted();
      failure.is(ErrorKind.INTERRUPTED);
    }
    for (int i = 0; i < 500 && !objects.contains(Stored.first(layout, target.key())); i++) {
      Thread.sleep(10); // what was under way must not come during another test
    }
    assertArrayEquals(file, bucket.serialize("old"));
    if (layout == Layout.SNAPSHOT) {
      try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b.layout(layout));
          Connection other = DriverManager.getConnection(Bucket.url(vfs, "old", ""))) {
        Sql.execute(other, "UPDATE t SET v = 'written'");
      }
    }
  }

  @Tag("embedded")
  @Test
  void theStoreCopiesWhatItCan() throws Exception {
    AccountSnapshot account =
        bucket.server().account().measure(() -> bucket.databases().rename(OLD, NEW));
    assertEquals(layout == Layout.SNAPSHOT, account.count(S3Operation.COPY_OBJECT) > 0);
  }
}
