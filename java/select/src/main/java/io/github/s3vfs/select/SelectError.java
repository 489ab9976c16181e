package io.github.s3vfs.select;

/**
 * What went wrong: AWS's code, and the phase, from which Ceph's code follows. An error in a row is
 * counted and the row left out, until there are too many of them ({@link
 * SelectLimits#maxRowErrors}); all others end the query at once.
 */
public enum SelectError {
  /** Characters that are no token. */
  LEXER_INVALID_CHAR("LexerInvalidChar", Phase.PARSE),
  /** A number that is too large to be one. */
  LEXER_INVALID_LITERAL("LexerInvalidLiteral", Phase.PARSE),
  /** A string or quoted name without its end. */
  PARSE_UNTERMINATED("ParseMalformedString", Phase.PARSE),
  /** A token in a place where it can not be. */
  PARSE_UNEXPECTED_TOKEN("ParseUnexpectedToken", Phase.PARSE),
  /** A word of the language that is missing. */
  PARSE_EXPECTED_KEYWORD("ParseExpectedKeyword", Phase.PARSE),
  /** An expression that is missing. */
  PARSE_EXPECTED_EXPRESSION("ParseExpectedExpression", Phase.PARSE),
  /** A SELECT without FROM. */
  PARSE_SELECT_MISSING_FROM("ParseSelectMissingFrom", Phase.PARSE),
  /** A CAST to something that is no type. */
  PARSE_EXPECTED_TYPE("ParseExpectedTypeName", Phase.PARSE),
  /** A date part that there is not. */
  PARSE_EXPECTED_DATE_PART("ParseExpectedDatePart", Phase.PARSE),
  /** More than one table, or a prefix that is not the table's alias. */
  PARSE_UNSUPPORTED_ALIAS("ParseUnsupportedAlias", Phase.PARSE),
  /** Parts of SQL that S3 Select does not have. */
  PARSE_UNSUPPORTED_SELECT("ParseUnsupportedSelect", Phase.PARSE),
  /** A function that there is not. */
  UNSUPPORTED_FUNCTION("UnsupportedFunction", Phase.PARSE),
  /** Too many or too few arguments. */
  WRONG_ARGUMENTS("EvaluatorInvalidArguments", Phase.PARSE),
  /** Aggregates within each other, or mixed with columns. */
  PARSE_INVALID_AGGREGATE("ParseInvalidContextForAggregate", Phase.PARSE),
  /** A query of more than 256 KiB. */
  EXPRESSION_TOO_LONG("ExpressionTooLong", Phase.PARSE),
  /** Expressions that are nested too deep. */
  EXPRESSION_TOO_DEEP("ExpressionTooDeep", Phase.PARSE),

  /** Options that do not fit together. */
  INVALID_REQUEST("InvalidRequest", Phase.PARSE),
  /** A range that is none. */
  INVALID_SCAN_RANGE("InvalidScanRange", Phase.PARSE),
  /** A range of what can not be split. */
  UNSUPPORTED_SCAN_RANGE("UnsupportedScanRangeInput", Phase.PARSE),
  /** FROM with a path in CSV, or without {@code [*]} in JSON. */
  INVALID_DATA_SOURCE("InvalidDataSource", Phase.JSON_TYPE),

  /** A name that is neither a column nor an alias. */
  BINDING_DOES_NOT_EXIST("EvaluatorBindingDoesNotExist", Phase.RUN),
  /** A name that is both a column and an alias, or an alias that is there twice. */
  AMBIGUOUS_NAME("AmbiguousFieldName", Phase.RUN),
  /** Aliases that refer to each other in a circle. */
  CYCLIC_ALIAS("EvaluatorCyclicAlias", Phase.RUN),
  /** A column number that can not be. */
  INVALID_COLUMN_INDEX("InvalidColumnIndex", Phase.RUN),
  /** Text that can not be converted. */
  CAST_FAILED("CastFailed", Phase.ROW),
  /** Text that is no timestamp. */
  INVALID_TIMESTAMP("EvaluatorInvalidTimestamp", Phase.ROW),
  /** A pattern that ends with its escape character, or an escape that is not one character. */
  LIKE_INVALID_INPUTS("LikeInvalidInputs", Phase.ROW),
  /** A function's argument of the wrong type. */
  INVALID_ARGUMENT("EvaluatorInvalidFunctionArgument", Phase.ROW),
  /** A result that 64 bits do not hold, or a decimal that is too large or too small. */
  INTEGER_OVERFLOW("IntegerOverflow", Phase.RUN),
  /** A division by zero. */
  DIVISION_BY_ZERO("DivisionByZero", Phase.RUN),
  /** Operands that do not fit to the operator, or to each other. */
  TYPE_MISMATCH("TypeMismatch", Phase.RUN),
  /** A value or record that is larger than the limit. */
  OVER_MAX_RECORD_SIZE("OverMaxRecordSize", Phase.RUN),
  /** More bytes behind a compression than the limit. */
  OVER_MAX_INPUT_SIZE("OverMaxDecompressedSize", Phase.RUN),
  /** JSON that is none. */
  JSON_PARSING_ERROR("JSONParsingError", Phase.RUN),
  /** Bytes that are not compressed in the way that was said. */
  INVALID_COMPRESSION_FORMAT("InvalidCompressionFormat", Phase.RUN),
  /** Compressed bytes without their end. */
  TRUNCATED_INPUT("TruncatedInput", Phase.RUN),
  /** An object that was to be Parquet, and is not. */
  NOT_PARQUET("ParquetParsingError", Phase.RUN),
  /** Parquet that is damaged, or not as the format has it. */
  PARQUET_PARSING_ERROR("ParquetParsingError", Phase.RUN),
  /** Columns of Parquet in a compression that is not read, or that are encrypted. */
  PARQUET_UNSUPPORTED_CODEC("ParquetUnsupportedCompressionCodec", Phase.RUN),
  /** A column of Parquet of a type that is not read. */
  UNSUPPORTED_PARQUET_TYPE("UnsupportedParquetType", Phase.RUN),
  /** The object was replaced or deleted while it was read. */
  OBJECT_CHANGED("PreconditionFailed", Phase.RUN),
  /** The object could not be read; the cause says why. */
  READ_FAILED("InternalError", Phase.RUN),
  /** The result could not be written; the cause says why. */
  WRITE_FAILED("InternalError", Phase.RUN),
  /** The thread was interrupted. */
  INTERRUPTED("Busy", Phase.RUN);

  /** When something goes wrong. */
  public enum Phase {
    /** Before anything is read. */
    PARSE,
    /** FROM and the format of the input do not fit. */
    JSON_TYPE,
    /** While rows are read; ends the query. */
    RUN,
    /** While a row is computed; counted. */
    ROW
  }

  private final String code;
  private final Phase phase;

  SelectError(String code, Phase phase) {
    this.code = code;
    this.phase = phase;
  }

  /**
   * AWS's code, or in its manner where AWS has none.
   *
   * @return one word
   */
  public String code() {
    return code;
  }

  /**
   * Ceph's code.
   *
   * @return {@code UnsupportedSyntax}, {@code json-Format-Error}, {@code ProcessingTimeError} or
   *     {@code InvalidRequest}
   */
  public String cephCode() {
    if (this == NOT_PARQUET) {
      return "InvalidRequest";
    }
    return switch (phase) {
      case PARSE -> "UnsupportedSyntax";
      case JSON_TYPE -> "json-Format-Error";
      case RUN, ROW -> "ProcessingTimeError";
    };
  }

  /**
   * When it goes wrong.
   *
   * @return the phase
   */
  public Phase phase() {
    return phase;
  }
}
