package io.github.s3vfs.select.server;

import io.github.s3vfs.select.internal.events.ApiException;
import java.io.ByteArrayInputStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CSVInput;
import software.amazon.awssdk.services.s3.model.CSVOutput;
import software.amazon.awssdk.services.s3.model.InputSerialization;
import software.amazon.awssdk.services.s3.model.JSONInput;
import software.amazon.awssdk.services.s3.model.JSONOutput;
import software.amazon.awssdk.services.s3.model.OutputSerialization;
import software.amazon.awssdk.services.s3.model.ParquetInput;
import software.amazon.awssdk.services.s3.model.ScanRange;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;

/**
 * The XML of a request. Document types, and with them entities, are refused; so is every element
 * that the API does not have, and one that comes twice.
 */
final class RequestXml {
  private static final Set<String> ROOTS = Set.of("SelectObjectContentRequest", "SelectRequest");
  private static final String INPUT = "InputSerialization/";
  private static final String OUTPUT = "OutputSerialization/";

  /** What holds other elements. */
  private static final Set<String> GROUPS =
      Set.of(
          "RequestProgress",
          "InputSerialization",
          "InputSerialization/CSV",
          "InputSerialization/JSON",
          "InputSerialization/Parquet",
          "OutputSerialization",
          "OutputSerialization/CSV",
          "OutputSerialization/JSON",
          "ScanRange");

  /** What holds text. */
  private static final Set<String> VALUES =
      Set.of(
          "Expression",
          "ExpressionType",
          "RequestProgress/Enabled",
          INPUT + "CompressionType",
          INPUT + "CSV/FileHeaderInfo",
          INPUT + "CSV/Comments",
          INPUT + "CSV/QuoteEscapeCharacter",
          INPUT + "CSV/RecordDelimiter",
          INPUT + "CSV/FieldDelimiter",
          INPUT + "CSV/QuoteCharacter",
          INPUT + "CSV/AllowQuotedRecordDelimiter",
          INPUT + "JSON/Type",
          OUTPUT + "CSV/QuoteFields",
          OUTPUT + "CSV/QuoteEscapeCharacter",
          OUTPUT + "CSV/RecordDelimiter",
          OUTPUT + "CSV/FieldDelimiter",
          OUTPUT + "CSV/QuoteCharacter",
          OUTPUT + "JSON/RecordDelimiter",
          "ScanRange/Start",
          "ScanRange/End");

  private final Map<String, String> found = new LinkedHashMap<>();

  private RequestXml() {}

  /**
   * Reads a request.
   *
   * @param body of a bounded size
   * @param request gets what is in it
   * @throws ApiException {@code MalformedXML}, or what a value that can not be is
   */
  static void read(byte[] body, SelectObjectContentRequest.Builder request) {
    RequestXml xml = new RequestXml();
    try {
      XMLStreamReader reader = factory().createXMLStreamReader(new ByteArrayInputStream(body));
      try {
        xml.document(reader);
      } finally {
        reader.close();
      }
    } catch (ApiException e) {
      throw e;
    } catch (XMLStreamException | RuntimeException e) {
      // The JDK's parser fails in either way where bytes are no XML.
      throw malformed("it can not be parsed", e);
    }
    xml.into(request);
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    // Without one, the JDK's parser prints errors.
    factory.setXMLReporter((message, type, about, location) -> {});
    return factory;
  }

  private static ApiException malformed(String why, @Nullable Throwable cause) {
    return new ApiException("MalformedXML", 400, "the XML of the request: " + why, cause);
  }

  private void document(XMLStreamReader reader) throws XMLStreamException {
    while (reader.hasNext()) {
      int event = reader.next();
      if (event == XMLStreamConstants.DTD) {
        throw malformed("a document type is not possible", null);
      } else if (event == XMLStreamConstants.START_ELEMENT) {
        if (!ROOTS.contains(reader.getLocalName())) {
          throw malformed("it is not a SelectObjectContentRequest", null);
        }
        group(reader, "");
      }
    }
  }

  /** All up to the end of an element that holds others. */
  private void group(XMLStreamReader reader, String path) throws XMLStreamException {
    while (true) {
      int event = reader.next();
      if (event == XMLStreamConstants.END_ELEMENT) {
        return;
      } else if (event == XMLStreamConstants.START_ELEMENT) {
        String at = path + reader.getLocalName();
        if (!GROUPS.contains(at) && !VALUES.contains(at)) {
          throw malformed("there is no element " + at, null);
        }
        // The text of groups is not looked at, but that they are there is.
        if (found.putIfAbsent(at, "") != null) {
          throw malformed("the element " + at + " is there twice", null);
        }
        if (GROUPS.contains(at)) {
          group(reader, at + "/");
        } else {
          found.put(at, reader.getElementText());
        }
      } else if (event == XMLStreamConstants.CHARACTERS && !reader.isWhiteSpace()) {
        throw malformed("text between elements", null);
      }
    }
  }

  private void into(SelectObjectContentRequest.Builder request) {
    request.expression(found.get("Expression")).expressionType(found.get("ExpressionType"));
    if (found.containsKey("RequestProgress")) {
      Boolean enabled = bool("RequestProgress/Enabled");
      request.requestProgress(progress -> progress.enabled(enabled));
    }
    if (found.containsKey("InputSerialization")) {
      request.inputSerialization(input());
    }
    if (found.containsKey("OutputSerialization")) {
      request.outputSerialization(output());
    }
    if (found.containsKey("ScanRange")) {
      request.scanRange(
          ScanRange.builder()
              .start(number("ScanRange/Start"))
              .end(number("ScanRange/End"))
              .build());
    }
  }

  private InputSerialization input() {
    InputSerialization.Builder input =
        InputSerialization.builder().compressionType(found.get(INPUT + "CompressionType"));
    if (found.containsKey(INPUT + "CSV")) {
      input.csv(
          CSVInput.builder()
              .fileHeaderInfo(found.get(INPUT + "CSV/FileHeaderInfo"))
              .comments(found.get(INPUT + "CSV/Comments"))
              .quoteEscapeCharacter(found.get(INPUT + "CSV/QuoteEscapeCharacter"))
              .recordDelimiter(found.get(INPUT + "CSV/RecordDelimiter"))
              .fieldDelimiter(found.get(INPUT + "CSV/FieldDelimiter"))
              .quoteCharacter(found.get(INPUT + "CSV/QuoteCharacter"))
              .allowQuotedRecordDelimiter(bool(INPUT + "CSV/AllowQuotedRecordDelimiter"))
              .build());
    }
    if (found.containsKey(INPUT + "JSON")) {
      input.json(JSONInput.builder().type(found.get(INPUT + "JSON/Type")).build());
    }
    if (found.containsKey(INPUT + "Parquet")) {
      input.parquet(ParquetInput.builder().build());
    }
    return input.build();
  }

  private OutputSerialization output() {
    OutputSerialization.Builder output = OutputSerialization.builder();
    if (found.containsKey(OUTPUT + "CSV")) {
      output.csv(
          CSVOutput.builder()
              .quoteFields(found.get(OUTPUT + "CSV/QuoteFields"))
              .quoteEscapeCharacter(found.get(OUTPUT + "CSV/QuoteEscapeCharacter"))
              .recordDelimiter(found.get(OUTPUT + "CSV/RecordDelimiter"))
              .fieldDelimiter(found.get(OUTPUT + "CSV/FieldDelimiter"))
              .quoteCharacter(found.get(OUTPUT + "CSV/QuoteCharacter"))
              .build());
    }
    if (found.containsKey(OUTPUT + "JSON")) {
      output.json(
          JSONOutput.builder().recordDelimiter(found.get(OUTPUT + "JSON/RecordDelimiter")).build());
    }
    return output.build();
  }

  private @Nullable Boolean bool(String path) {
    String text = found.get(path);
    if (text == null) {
      return null;
    }
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw malformed(path + " must be true or false", null);
    };
  }

  private @Nullable Long number(String path) {
    String text = found.get(path);
    if (text == null) {
      return null;
    }
    try {
      return Long.valueOf(text.strip());
    } catch (NumberFormatException e) {
      throw malformed(path + " must be an integer", e);
    }
  }
}
