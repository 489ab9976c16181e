package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
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

/** A database comes out as the regular SQLite file, in every form. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class SerializeTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final S3Location DB = Bucket.location("db");
  private static Bucket bucket;

  @TempDir Path directory;

  private byte[] expected = new byte[0];

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    bucket = Bucket.open(b -> b.layout(layout).retries(1).requestTimeout(Duration.ofSeconds(4)));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  @BeforeEach
  void store() throws Exception {
    expected = LocalDatabase.of(directory, 4096, 200, "stored");
    bucket.databases().deserialize(DB, new ByteArrayInputStream(expected));
  }

  @AfterEach
  void mend() {
    bucket.server().faults().clear();
  }

  private static SerializedDatabase serialize() {
    return bucket.databases().serialize(DB);
  }

  /** What the keys of objects begin with without which there is a gap in the database. */
  private String part() {
    return layout == Layout.BLOCKS ? "db/0000000009" : "db/s/";
  }

  /** Writes, which in the layout blocks must wait for serializations. */
  private void writeWhileSerialized() throws Exception {
    if (layout == Layout.BLOCKS) {
      Failure.ofSql(() -> write("too early")).names("BUSY");
    } else {
      write("not seen");
    }
  }

  /**
   * In the layout blocks fails with SQLITE_BUSY while a serialization holds its read transaction.
   */
  private static void write(String value) throws Exception {
    try (Connection connection = bucket.connect("db", "busy_timeout=0")) {
      Sql.execute(connection, "UPDATE t SET v = '" + value + "' WHERE id = 1");
    }
  }

  @Test
  void asChunksThatAreNeverEmpty() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] chunk : serialize()) {
      assertTrue(chunk.length > 0);
      bytes.write(chunk);
    }
    assertArrayEquals(expected, bytes.toByteArray());
    write("the transaction is over");
  }

  @Test
  void asAStream() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Stream<byte[]> stream = serialize().stream()) {
      stream.forEachOrdered(bytes::writeBytes);
    }
    assertArrayEquals(expected, bytes.toByteArray());
  }

  @Test
  void asAnInputStream() throws Exception {
    try (InputStream stream = serialize().inputStream()) {
      byte[] start = stream.readNBytes(16);
      assertEquals(
          "SQLite format 3\0", new String(start, java.nio.charset.StandardCharsets.US_ASCII));
      assertEquals(expected[16], stream.read());
      assertEquals(0, stream.read(start, 3, 0));
      byte[] rest = stream.readAllBytes();
      assertEquals(expected.length - 17, rest.length);
      assertEquals(-1, stream.read());
      assertEquals(-1, stream.read(start));
    }
  }

  @Test
  void intoAChannelThatTakesAFewBytesAtATime() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WritableByteChannel channel =
        new WritableByteChannel() {
          @Override
          public int write(ByteBuffer source) {
            int count = Math.min(7, source.remaining());
            for (int i = 0; i < count; i++) {
              bytes.write(source.get());
            }
            return count;
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {
            throw new AssertionError("the channel is the caller's");
          }
        };
    assertEquals(expected.length, serialize().writeTo(channel));
    assertArrayEquals(expected, bytes.toByteArray());
  }

  @Test
  void intoAFileThatSqliteReads() throws Exception {
    Path file = directory.resolve("out.sqlite");
    Files.writeString(file, "what was there before");
    assertEquals(expected.length, serialize().writeTo(file));
    assertArrayEquals(expected, Files.readAllBytes(file));
    assertEquals(List.of("stored"), LocalDatabase.values(file));
  }

  @Tag("embedded")
  @Test
  void aFileStaysAsItWasWhenS3Fails() throws Exception {
    Path own = Files.createDirectory(directory.resolve("own"));
    Path file = own.resolve("out.sqlite");
    Files.writeString(file, "what was there before");
    bucket.server().faults().add(RequestMatch.any().keyPrefix(part()), Fault.slowDown());
    try (S3Vfs cold =
        Bucket.vfs(
            bucket.server(),
            b -> b.layout(layout).retries(1).requestTimeout(Duration.ofSeconds(4)))) {
      Failure.of(
              () -> {
                try (SerializedDatabase serialized = S3Databases.of(cold).serialize(DB)) {
                  serialized.writeTo(file);
                }
              })
          .names("s3://bucket/" + part())
          .is(ErrorKind.UNAVAILABLE);
    }
    assertEquals("what was there before", Files.readString(file));
    try (Stream<Path> files = Files.list(own)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aMissingBlockIsAnErrorAndNeverAShorterFile() throws Exception {
    String part = part();
    BucketObjects objects = bucket.server().objects(Bucket.NAME);
    objects.keys(part).forEach(objects::delete);
    try (S3Vfs cold = Bucket.vfs(bucket.server(), b -> b.layout(layout))) {
      Failure.of(
              () -> {
                try (InputStream stream = S3Databases.of(cold).serialize(DB).inputStream()) {
                  stream.readAllBytes();
                }
              })
          .names(part)
          .is(ErrorKind.CORRUPT);
    }
  }

  @Test
  void canBeReadOnceOnly() throws Exception {
    try (SerializedDatabase serialized = serialize()) {
      Iterator<byte[]> chunks = serialized.iterator();
      assertThrows(IllegalStateException.class, serialized::iterator);
      assertThrows(IllegalStateException.class, serialized::inputStream);
      assertTrue(chunks.hasNext());
    }
  }

  @Test
  void theIteratorEndsAsIteratorsDo() {
    Iterator<byte[]> chunks = serialize().iterator();
    while (chunks.hasNext()) {
      chunks.next();
    }
    assertThrows(NoSuchElementException.class, chunks::next);
  }

  @Test
  void holdsAReadTransactionUntilTheLastChunk() throws Exception {
    Iterator<byte[]> chunks = serialize().iterator();
    chunks.next();
    writeWhileSerialized();
    while (chunks.hasNext()) {
      chunks.next();
    }
    write("in time");
  }

  @Test
  void holdsAReadTransactionUntilItIsClosed() throws Exception {
    SerializedDatabase serialized = serialize();
    writeWhileSerialized();
    Iterator<byte[]> chunks = serialized.iterator();
    assertTrue(chunks.hasNext());
    serialized.close();
    serialized.close();
    write("in time");
    assertThrows(IllegalStateException.class, chunks::next);
  }

  @Test
  void whileAnotherConnectionHasUncommittedChangesTheOldContentComes() throws Exception {
    try (Connection writer = bucket.connect("db")) {
      Sql.execute(writer, "BEGIN IMMEDIATE", "UPDATE t SET v = 'uncommitted'");
      assertArrayEquals(expected, bucket.serialize("db"));
      Sql.execute(writer, "COMMIT");
      Path file = directory.resolve("after.sqlite");
      serialize().writeTo(file);
      assertEquals(List.of("uncommitted"), LocalDatabase.values(file));
    }
  }

  @Test
  void aDatabaseThatIsMissingIsNamed() throws Exception {
    Failure.of(() -> bucket.databases().serialize(Bucket.location("no/such")).close())
        .names("s3://bucket/no/such")
        .is(ErrorKind.NOT_FOUND);
    assertEquals(List.of(), bucket.server().objects(Bucket.NAME).keys("no/"));
  }

  @Tag("embedded")
  @Test
  void aTransactionThatAWriterLeftUnfinishedIsRolledBackFirst() throws Exception {
    S3Vfs dying =
        Bucket.vfs(
            bucket.server(),
            b -> b.layout(layout).retries(1).requestTimeout(Duration.ofSeconds(4)));
    try (dying;
        Connection writer = DriverManager.getConnection(Bucket.url(dying, "db", ""))) {
      bucket
          .server()
          .faults()
          .add(
              RequestMatch.of(S3Operation.PUT_OBJECT)
                  .keyPrefix("db/")
                  .from(layout == Layout.BLOCKS ? 4 : 3),
              Fault.internalError());
      bucket
          .server()
          .faults()
          .add(
              RequestMatch.of(S3Operation.DELETE_OBJECT, S3Operation.DELETE_OBJECTS),
              Fault.internalError());
      Failure.ofSql(() -> Sql.execute(writer, "UPDATE t SET v = 'unfinished'"));
    }
    bucket.server().faults().clear();
    assertEquals(
        layout == Layout.BLOCKS,
        bucket.server().objects(Bucket.NAME).contains("db-journal/0000000000"));
    try (S3Vfs fresh = Bucket.vfs(bucket.server(), b -> b.layout(layout));
        InputStream stream = S3Databases.of(fresh).serialize(DB).inputStream()) {
      assertArrayEquals(expected, stream.readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertEquals(List.of(), bucket.server().objects(Bucket.NAME).keys("db-journal/"));
    if (layout == Layout.SNAPSHOT) {
      // The writer could not give its claim back either.
      bucket.server().objects(Bucket.NAME).delete("db/head");
    }
  }

  @Test
  void aFileThatCannotBeWrittenEndsTheReadTransaction() throws Exception {
    Path directoryItself = Files.createDirectory(directory.resolve("empty"));
    for (Path file : List.of(directory.resolve("no/such/dir.sqlite"), directoryItself)) {
      SerializedDatabase serialized = serialize();
      assertThrows(IOException.class, () -> serialized.writeTo(file));
      assertFalse(serialized.iterator().hasNext());
      write("over");
    }
    assertTrue(Files.isDirectory(directoryItself));
    try (Stream<Path> files = Files.list(directoryItself)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void aFileHasThePermissionsOfAnyNewOneOrOfTheOneItReplaces() throws Exception {
    assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"));
    Path any = Files.createFile(directory.resolve("any"));
    Path file = directory.resolve("out.sqlite");
    serialize().writeTo(file);
    assertEquals(Files.getPosixFilePermissions(any), Files.getPosixFilePermissions(file));
    for (String permissions : List.of("rw-rw-rw-", "rw-------", "r--r-----")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
      serialize().writeTo(file);
      assertEquals(permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      assertArrayEquals(expected, Files.readAllBytes(file));
    }
  }
}
