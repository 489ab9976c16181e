package io.github.s3vfs.select;

/**
 * What a query has done.
 *
 * @param bytesProcessed bytes that were read, after decompression
 * @param rowsRead rows of the object
 * @param rowsReturned rows of the result
 * @param rowErrors rows that were left out because they could not be computed
 */
public record SelectStats(long bytesProcessed, long rowsRead, long rowsReturned, int rowErrors) {}
