package io.github.s3vfs.select;

/** How the bytes of an object are to be read. */
public sealed interface InputFormat permits CsvInput, JsonInput, ParquetInput {}
