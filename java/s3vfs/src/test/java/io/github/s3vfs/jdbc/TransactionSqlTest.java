package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionSqlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "begin|BEGIN",
        "BEGIN IMMEDIATE|BEGIN",
        "commit;|COMMIT",
        "End Transaction|END",
        "rollback|ROLLBACK",
        "ROLLBACK TRANSACTION;|ROLLBACK",
        "rollback/*to*/|ROLLBACK",
        "  ;; /* x */ /**/ commit|COMMIT",
        "/* commit */ rollback -- to x|ROLLBACK"
      })
  void whatBeginsOrEndsATransactionIsFound(String sql, String word) {
    assertEquals(word, TransactionSql.controlWord(sql));
  }

  @Test
  void commentsEndWithTheirLine() {
    assertEquals("COMMIT", TransactionSql.controlWord("-- x\n\t-- y\r\nCOMMIT"));
    assertNull(TransactionSql.controlWord("-- COMMIT"));
    assertNull(TransactionSql.controlWord("/* COMMIT"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SELECT 1",
        "INSERT INTO \"commit\" VALUES (1)",
        "rollback to x",
        "ROLLBACK /* */ TRANSACTION -- \n TO SAVEPOINT x",
        "SAVEPOINT x",
        "RELEASE x",
        "endless",
        "COMMITTED"
      })
  void everythingElseIsNot(String sql) {
    assertNull(TransactionSql.controlWord(sql));
  }
}
