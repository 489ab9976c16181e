package io.github.s3vfs.benchmark;

import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws charts as elements of SVG, to be put into a page of HTML. */
final class SvgDrawing {
  /** So small that text can still be read where a phone's width takes some of it away. */
  private static final int WIDTH = 440;

  private static final int HEIGHT = 300;

  /** None is left out. */
  private static final int MOST_LABELS = 100;

  /** Of a label, as a part of the bar's height. */
  private static final double ABOVE = 1.06;

  private static final Color INK = new Color(0x1f2933);
  private static final Color GRID = new Color(0xe3e7eb);
  private static final Color[] COLORS = {
    new Color(0x2563a8), new Color(0xd9822b), new Color(0x7b8794)
  };

  private SvgDrawing() {}

  /** Bars. */
  static String draw(Chart chart) throws IOException {
    CategoryChart drawing =
        new CategoryChartBuilder().width(WIDTH).height(HEIGHT).yAxisTitle(chart.unit()).build();
    double largest =
        chart.series().values().stream()
            .flatMap(series -> series.values().stream())
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(1);
    style(drawing.getStyler(), chart.series().size() > 1, Math.max(largest, 1e-6));
    chart
        .series()
        .forEach(
            (name, series) ->
                drawing.addSeries(
                    name,
                    series.labels(),
                    series.values().stream().map(SvgDrawing::rounded).toList()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChartEncoder.saveChart(drawing, bytes, "svg");
    return inline(bytes.toString(StandardCharsets.UTF_8), chart.title());
  }

  /** To three digits, which is what a picture can say. */
  private static double rounded(double value) {
    return value == 0
        ? 0
        : new BigDecimal(value).round(new MathContext(3, RoundingMode.HALF_EVEN)).doubleValue();
  }

  private static void style(CategoryStyler styler, boolean legend, double largest) {
    Font text = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    styler.setBaseFont(text);
    styler
        .setChartTitleVisible(false)
        .setLegendVisible(legend)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setLegendFont(text)
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setChartFontColor(INK)
        .setSeriesColors(COLORS);
    styler
        .setAxisTickLabelsFont(text)
        .setAxisTitleFont(text)
        .setXAxisTitleVisible(false)
        .setXAxisMaxLabelCount(MOST_LABELS)
        .setPlotGridVerticalLinesVisible(false)
        .setPlotGridLinesColor(GRID)
        .setAxisTicksMarksVisible(false)
        .setYAxisMin(0.0)
        .setYAxisDecimalPattern("#,##0.##");
    styler.setAvailableSpaceFill(0.6);
    styler.setLabelsVisible(true);
    styler.setLabelsFont(new Font(Font.SANS_SERIF, Font.BOLD, 12));
    styler.setLabelsFontColorAutomaticEnabled(false);
    styler.setLabelsFontColor(INK);
    styler.setLabelsPosition(ABOVE);
    // Room for the labels.
    styler.setYAxisMax(1.12 * largest);
  }

  /** The element alone, which takes the width that it is given. */
  private static String inline(String document, String title) {
    String element = document.substring(document.indexOf("<svg"));
    int end = element.indexOf('>');
    String box = "viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\"";
    // Names within one document: several drawings would have the same.
    String unique = "c" + Integer.toHexString(title.hashCode()) + "-";
    return List.of(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" " + box + ">",
            "<title>" + HtmlReport.escaped(title) + "</title>",
            element
                .substring(end + 1)
                .replace(" id=\"", " id=\"" + unique)
                .replace("url(#", "url(#" + unique)
                .replace("xlink:href=\"#", "xlink:href=\"#" + unique))
        .stream()
        .reduce("", String::concat);
  }
}
