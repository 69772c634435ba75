using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Agent.Tools.Web.Http;

namespace Agent.Tools.Web.Pages;

/// <summary>Text of PDF files, by poppler's <c>pdftotext</c> in a process of its own, because PDF files attack those who read them.</summary>
internal static class PdfText
{
    private const int MostCharacters = 4_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Reads a PDF file.</summary>
    /// <param name="pdf">Its bytes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up, and ends the process.</param>
    /// <param name="program">The program, for tests.</param>
    /// <returns>Its text.</returns>
    /// <exception cref="RequestException">It cannot be read; the message says why.</exception>
    public static async Task<string> ReadAsync(ReadOnlyMemory<byte> pdf, TimeProvider time, CancellationToken cancellationToken, string program = "pdftotext")
    {
        var start = new ProcessStartInfo(program, ["-enc", "UTF-8", "-nopgbrk", "-q", "-", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = Path.GetTempPath(),
        };
        // It needs nothing of what our environment may hold.
        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        using var limit = new CancellationTokenSource(Limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var process = Start(start);
        try
        {
            var reading = ReadOutputAsync(process.StandardOutput, linked.Token);
            var complaints = process.StandardError.ReadToEndAsync(linked.Token);
            try
            {
                await process.StandardInput.BaseStream.WriteAsync(pdf, linked.Token);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It gave up on the file before its end; its exit code says so.
            }

            var text = await reading;
            if (text.Length < MostCharacters)
            {
                await complaints;
                await process.WaitForExitAsync(linked.Token);
                if (process.ExitCode != 0 && text.Trim().Length == 0)
                {
                    throw new RequestException("The PDF cannot be read: it is damaged or encrypted.");
                }
            }

            return text.Trim().Length > 0 ? text.Trim() : throw new RequestException("The PDF holds pictures of pages and no text.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RequestException($"The PDF could not be read within {Limit.TotalSeconds:0} seconds.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new RequestException("That is a PDF, and pdftotext, which would read it, is not installed here; an operator can install poppler-utils.", innerException: e);
        }
    }

    private static async Task<string> ReadOutputAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[16 * 1024];
        while (text.Length < MostCharacters && await output.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            text.Append(buffer, 0, read);
        }

        return text.ToString();
    }
}
