package io.github.s3vfs.jdbc;

import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

/** Pools, data sources and what is built on them. */
@ParameterizedClass
@EnumSource(Layout.class)
class PoolTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static DefaultVfs s3;

  @BeforeParameterizedClassInvocation
  static void start(Layout layout) {
    s3 = new DefaultVfs(layout);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    s3.close();
  }

  private static HikariConfig pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(3);
    config.setConnectionTimeout(20_000);
    return config;
  }

  private static void assertWorks(DataSource source) throws Exception {
    try (Connection connection = source.getConnection()) {
      Sql.execute(connection, "CREATE TABLE t(x)");
    }
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int row = i;
        all.add(threads.submit(() -> insert(source, row)));
      }
      for (Future<?> each : all) {
        each.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    try (Connection connection = source.getConnection()) {
      assertEquals("6", Sql.value(connection, "SELECT count(DISTINCT x) FROM t"));
      Sql.assertIntact(connection);
    }
  }

  private static Void insert(DataSource source, int row) throws SQLException {
    try (Connection connection = source.getConnection()) {
      Sql.execute(connection, "PRAGMA busy_timeout = 30000", "INSERT INTO t VALUES (" + row + ")");
    }
    return null;
  }

  @Test
  void hikariWithTheNameOfTheDriver() throws Exception {
    HikariConfig config = pool(s3.url("/bucket/hikari/named"));
    config.setDriverClassName("io.github.s3vfs.jdbc.S3VfsDriver");
    try (HikariDataSource source = new HikariDataSource(config)) {
      assertWorks(source);
    }
  }

  @Test
  void hikariWithTheOwnUrlForm() throws Exception {
    String url = "jdbc:s3vfs://bucket/hikari/own?" + s3.parameters();
    try (HikariDataSource source = new HikariDataSource(pool(url))) {
      assertWorks(source);
    }
  }

  @Test
  void hikariWithTheUrlAlone() throws Exception {
    try (HikariDataSource source = new HikariDataSource(pool(s3.url("/bucket/hikari/alone")))) {
      assertWorks(source);
    }
  }

  @Test
  void hikariReportsWhatIsWrong() {
    HikariConfig config = pool(s3.url("/no-such-bucket/key"));
    config.setDriverClassName("io.github.s3vfs.jdbc.S3VfsDriver");
    Exception e = assertThrows(Exception.class, () -> new HikariDataSource(config).close());
    assertTrue(String.valueOf(e.getMessage()).contains("there is no bucket"), e.toString());
  }

  @Test
  void sqliteDataSourceAfterInstall() throws Exception {
    assertEquals("s3", S3Vfs.install().name());
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl(s3.url("/bucket/data-source"));
    source.setBusyTimeout(30_000);
    assertWorks(source);
  }

  @Test
  void jooqOnAPool() throws Exception {
    Table<Record> people = table(name("people"));
    Field<Integer> id = field(name("id"), SQLDataType.INTEGER);
    Field<String> called = field(name("called"), SQLDataType.VARCHAR);
    HikariConfig config = pool("jdbc:s3vfs://bucket/jooq?" + s3.parameters());
    config.setMaximumPoolSize(1);
    try (HikariDataSource source = new HikariDataSource(config)) {
      DSLContext jooq = DSL.using(source, SQLDialect.SQLITE);
      jooq.createTable(people).column(id).column(called).primaryKey(id).execute();
      jooq.transaction(
          inner -> {
            for (int i = 1; i <= 20; i++) {
              inner.dsl().insertInto(people, id, called).values(i, "person " + i).execute();
            }
          });
      assertThrows(
          IllegalStateException.class,
          () ->
              jooq.transaction(
                  inner -> {
                    inner.dsl().deleteFrom(people).execute();
                    throw new IllegalStateException("to be rolled back");
                  }));
      assertEquals(20, jooq.select(count()).from(people).fetchSingle().value1());
      assertEquals(
          "person 7", jooq.select(called).from(people).where(id.eq(7)).fetchSingle().value1());
    }
  }
}
