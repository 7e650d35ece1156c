import ts from "typescript6";
import { serve } from "./serve.js";

serve(ts, ts.createDocumentRegistry());
