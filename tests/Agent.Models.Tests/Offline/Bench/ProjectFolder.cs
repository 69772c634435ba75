namespace Agent.Models.Tests.Offline.Bench;

/// <summary>A folder of mixed documents: code in three languages, notes, tables, configuration, logs, some nested deeply.</summary>
internal sealed class ProjectFolder : BenchFolder
{
    public ProjectFolder()
    {
        Write("README.md", "# Orbit\n\nOrbit tracks satellites.\n\n## Setup\n\nInstall Node 20 and run `npm start`.\n\n## Licence\n\nApache-2.0\n");
        Write("app/main.py", "import tracker\n\ndef main():\n    tracker.run(port=9000)\n\n# FIXME: handle signals\nmain()\n");
        Write("app/tracker.py", "MAX_RETRIES = 5\n\ndef run(port):\n    print('listening', port)\n\nclass OrbitTracker:\n    pass\n");
        Write("app/ui/index.html", "<html><body><h1>Orbit</h1></body></html>\n");
        Write("app/ui/view.ts", "export const refresh = 30;\n// FIXME: slow on mobile\n");
        Write("config/settings.json", "{\n  \"endpoint\": \"https://orbit.example\",\n  \"timeout\": 15,\n  \"features\": [\"alerts\", \"export\"]\n}\n");
        Write("config/prod/settings.json", "{ \"timeout\": 60 }\n");
        Write("data/satellites.csv", "name,launched,mass_kg\nAurora,2015,420\nBorealis,2019,310\nCygnus,2021,505\n");
        Write("data/archive/2019/passes.csv", "sat,station\nAurora,Kiruna\n");
        Write("logs/app.log", "2024-06-01 INFO started\n2024-06-01 ERROR timeout contacting Kiruna\n2024-06-02 WARN low battery on Aurora\n2024-06-02 ERROR lost signal\n");
        Write("docs/operations.md", "# Operations\n\n## Shifts\n\nThe night shift begins at 22:00 and ends at 06:00.\n\n## Escalation\n\nCall the duty engineer after three failed contacts.\nThe duty phone is 555-7788.\n");
        Write("docs/adr/001-database.md", "# Database\n\nWe chose PostgreSQL because of PostGIS.\n");
        Write("docs/adr/002-queue.md", "# Queue\n\nRabbitMQ was rejected; we poll.\n");
        Write("docs/glossary.txt", "AOS: acquisition of signal\nLOS: loss of signal\n");
    }
}
