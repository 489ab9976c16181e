package io.github.s3vfs.select;

/** Whether a store is asked to run queries itself. */
public enum Pushdown {
  /** Never: the engine here runs all of them. */
  OFF,
  /**
   * Where the store answers SelectObjectContent, those queries go to it whose result is the same if
   * the object is plain: each record has an integer in every column that the query makes one of,
   * and there are neither blank lines nor comments. docs/SELECT.md lists the queries. Whatever the
   * store does not answer runs here.
   */
  AUTO
}
