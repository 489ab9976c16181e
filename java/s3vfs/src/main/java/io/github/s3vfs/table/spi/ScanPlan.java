package io.github.s3vfs.table.spi;

/**
 * How rows will be found.
 *
 * @param text what the cursor needs to know; EXPLAIN QUERY PLAN shows it
 * @param cost about how many rows of a local table could be read meanwhile
 * @param rows about how many there will be
 * @param arguments for each constraint, which argument of the cursor its value becomes, from 1; 0
 *     for none
 * @param checked for each constraint, whether rows that do not fulfil it surely do not come; SQLite
 *     checks the others
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ScanPlan(String text, double cost, long rows, int[] arguments, boolean[] checked) {}
