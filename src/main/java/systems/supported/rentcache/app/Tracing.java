package systems.supported.rentcache.app;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.internal.VertxInternal;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import systems.supported.rentcache.config.Settings;

/**
 * Traces by OpenTelemetry: Vert.x makes a span of each request that comes in, of each message between verticles that
 * belongs to it, and of each call upstream. They are sent in batches from a thread of their own; where the collector is
 * away they are dropped, which OpenTelemetry's log says.
 */
final class Tracing {
    private static final String SERVICE = "rentcache";
    private static final long PATIENCE_SECONDS = 3;

    private Tracing() {
    }

    /** Builds the instance, with a tracer where the settings want one; that ends with it. */
    static Future<Vertx> build(
            VertxBuilder builder, Settings.Tracing settings, Function<VertxBuilder, Future<Vertx>> build) {
        if (!settings.isOn()) {
            return build.apply(builder);
        }
        OpenTelemetrySdk telemetry = telemetry(settings);
        return build.apply(builder.withTracer(new OpenTelemetryTracingFactory(telemetry)))
                .onSuccess(vertx -> endWith(vertx, telemetry))
                .onFailure(failure -> telemetry.close());
    }

    private static void endWith(Vertx vertx, OpenTelemetrySdk telemetry) {
        ((VertxInternal) vertx).addCloseHook(closed -> {
            // On a thread of its own: what is left may take its time to be sent.
            Thread end = new Thread(() -> {
                telemetry.shutdown().join(PATIENCE_SECONDS, TimeUnit.SECONDS);
                closed.succeed();
            }, "traces-end");
            end.setDaemon(true);
            end.start();
        });
    }

    private static OpenTelemetrySdk telemetry(Settings.Tracing settings) {
        OtlpHttpSpanExporter exporter =
                OtlpHttpSpanExporter.builder().setEndpoint(settings.endpoint() + "/v1/traces").build();
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setResource(Resource.getDefault().toBuilder()
                                .put(AttributeKey.stringKey("service.name"), SERVICE).build())
                        .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
    }
}
